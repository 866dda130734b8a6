using Akka.Actor;

namespace Checkpoint.Host.Lifecycle;

/// <summary>What checkpointd's exit code says to a supervisor. Killed for hanging in the leave, it is the signal's (134).</summary>
public static class ExitCode
{
    /// <summary>Left gracefully.</summary>
    public const int Left = 0;

    /// <summary>The configuration or the command line is refused; starting again changes nothing.</summary>
    public const int BadConfiguration = 2;

    /// <summary>A view left this host out: what it held is gone, its place is elsewhere; start it again.</summary>
    public const int LeftOut = 3;

    /// <summary>It could not become ready: the port or the journal, nobody to join, or another host refuses its certificate. Start it again later.</summary>
    public const int StartFailed = 4;

    /// <summary>A part of it failed that it cannot work without.</summary>
    public const int Failed = 5;
}

/// <summary>Why a host ends; <see cref="CoordinatedShutdown.Reason.ExitCode"/> becomes the process's.</summary>
public sealed class HostEnds(string why, int exitCode) : CoordinatedShutdown.Reason
{
    public override int ExitCode { get; } = exitCode;

    public string Why { get; } = why;

    public override string ToString() => Why;
}
