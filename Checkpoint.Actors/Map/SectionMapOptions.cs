namespace Checkpoint.Actors.Map;

/// <summary>How eagerly a host's map follows its agent. Constants of the design, not in the configuration; tests may change them.</summary>
public sealed record SectionMapOptions
{
    public static readonly SectionMapOptions Default = new();

    /// <summary>How long changes of a bucket gather before they are written: a page written ten times meanwhile is written once.</summary>
    /// <value>Above 0 s.</value>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Updates that may wait in the Replicator at a time, so that its own mailbox never grows behind a burst.</summary>
    /// <value>Updates, above 0.</value>
    public int UpdatesInFlightMax { get; init; } = 32;
}
