using Checkpoint.Cli.Connection;

namespace Checkpoint.Cli;

/// <summary>One call of one command: what the options that every command has were given as.</summary>
/// <param name="Socket">Null to look for one.</param>
/// <param name="Json">Results as JSON on standard output, failures as JSON on standard error.</param>
/// <param name="Timeout">Nanoseconds for each of the command's requests; <see cref="AisTime.End"/> is without limit.</param>
public sealed record Invocation(Terminal Terminal, string? Socket, bool Json, long Timeout)
{
    /// <exception cref="CliFailure">No host answers.</exception>
    public Task<HostLink> ConnectAsync(CancellationToken cancel) =>
        HostLink.ConnectAsync(SocketCandidates.Of(Socket, Terminal.Variable), Timeout, Terminal.Clock, cancel);
}
