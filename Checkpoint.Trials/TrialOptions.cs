using System.Diagnostics;

namespace Checkpoint.Trials;

/// <summary>What one run does, and with which hosts.</summary>
/// <param name="Names">Checkpoint names around each kill.</param>
/// <param name="Directory">Everything that is written goes here. Short, since it is the head of socket paths.</param>
/// <param name="HostCommand">What starts <c>checkpointd</c>; its arguments follow.</param>
/// <param name="ConfigFile">A host's configuration; what must differ between hosts is set on the command line.</param>
public sealed record TrialOptions(int Kills, int Names, int Seed, string Directory, IReadOnlyList<string> HostCommand, string ConfigFile)
{
    public const int Hosts = 3;

    /// <summary>Calls are issued at +0, +0.1 ... +3 s.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    public const int Steps = 31;

    /// <summary>For each call.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(10);

    /// <summary>For a .NET client whose host was killed to be served by another one: it notices after 1.5 s of silence, and a join may need the next view.</summary>
    public static readonly TimeSpan MovePatience = TimeSpan.FromSeconds(30);

    /// <summary>Names that a .NET client of the victim has open, around each kill.</summary>
    public const int MovedNames = 8;

    /// <summary>For a host to become ready, which includes to hold every checkpoint.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Is told of every process that was started.</summary>
    public Action<Process> OnStarted { get; init; } = _ => { };
}
