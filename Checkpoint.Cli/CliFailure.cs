namespace Checkpoint.Cli;

/// <summary>A command cannot go on, for a reason that its user can understand and act upon. Never shown with a stack trace.</summary>
/// <param name="exitCode">One of <see cref="Cli.ExitCode"/>.</param>
/// <param name="message">What, which value, which limit.</param>
/// <param name="next">What to type or do next; null when there is nothing to say.</param>
/// <param name="status">The service's answer, when it was one.</param>
public sealed class CliFailure(int exitCode, string message, string? next = null, AisStatus? status = null) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public string? Next { get; } = next;

    public AisStatus? Status { get; } = status;

    /// <summary>The service said no, or that it does not know.</summary>
    public static CliFailure Refused(AisStatus status, string? reason, string? next = null) =>
        new(Cli.ExitCode.Of(status), reason ?? "the service gave no reason", next ?? StatusText.Advice(status), status);
}
