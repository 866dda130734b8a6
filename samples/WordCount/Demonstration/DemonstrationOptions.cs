namespace WordCount.Demonstration;

/// <summary>What run.sh says.</summary>
/// <param name="Directory">Everything that is written goes here.</param>
/// <param name="HostProgram">The <c>checkpointd</c> executable.</param>
/// <param name="Hocon">Where node1.conf to node3.conf are.</param>
/// <param name="NativeWorker">The program of samples/c/wordcount, to be used instead of this program's own workers; or null.</param>
/// <param name="KeepHosts">At the end every host that is gone is started again.</param>
public sealed record DemonstrationOptions(
    string File, string PieceName, PieceKind Piece, int Kills, int Seed, string Directory, string HostProgram, string Hocon, string? NativeWorker,
    bool KeepHosts)
{
    public string PidFile => Path.Combine(Directory, "pids");

    /// <summary>For one host or worker to start.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>For the next worker to go on after a kill.</summary>
    public TimeSpan TakeoverPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For one worker to reach its kill, or the end.</summary>
    public TimeSpan CountPatience { get; init; } = TimeSpan.FromMinutes(10);
}
