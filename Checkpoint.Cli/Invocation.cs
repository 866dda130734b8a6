using Checkpoint.Cli.Connection;

namespace Checkpoint.Cli;

/// <summary>One call of one command: what the options that every command has were given as.</summary>
/// <param name="Socket">Null to look for one.</param>
/// <param name="Json">Results as JSON on standard output, failures as JSON on standard error.</param>
/// <param name="Budget">What is left of --timeout.</param>
public sealed record Invocation(Terminal Terminal, string? Socket, bool Json, TimeBudget Budget)
{
    /// <exception cref="CliFailure">No host answers.</exception>
    public Task<HostLink> ConnectAsync(CancellationToken cancel) =>
        HostLink.ConnectAsync(SocketCandidates.Of(Socket, Terminal.Variable), Budget, Terminal.Clock, cancel);
}
