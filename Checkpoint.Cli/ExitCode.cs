namespace Checkpoint.Cli;

/// <summary>What a script branches on. The table of <c>docs/CLI.md</c> is held to these values by a test.</summary>
public static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The service answered with an AIS code other than OK and TIMEOUT: what was asked has not been done.</summary>
    public const int Refused = 1;

    /// <summary>The command line is wrong; nothing was sent.</summary>
    public const int Usage = 2;

    /// <summary>No host answers at the socket, or it ended the connection.</summary>
    public const int Unreachable = 3;

    /// <summary>TIMEOUT: the outcome is unknown, what was asked was done at most once.</summary>
    public const int OutcomeUnknown = 4;

    /// <summary>A local file could not be read, or the output not be written.</summary>
    public const int LocalFile = 5;

    /// <summary>A fault of this program. The only exit code that comes with a stack trace.</summary>
    public const int Internal = 70;

    /// <summary>This user may not use the host's socket (EX_NOPERM).</summary>
    public const int NotPermitted = 77;

    /// <summary>Ctrl-C or SIGTERM before the command had ended.</summary>
    public const int Interrupted = 130;

    public static int Of(AisStatus status) => status switch
    {
        AisStatus.Ok => Ok,
        AisStatus.Timeout => OutcomeUnknown,
        _ => Refused,
    };
}
