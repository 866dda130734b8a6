namespace Checkpoint.Protocol;

/// <summary>
/// One update in the one order of an incarnation. Equal (incarnation, sequence) means equal entry on every host of a view: logs are
/// prefixes of each other.
/// </summary>
/// <param name="Sequence">From 1, without holes, across views.</param>
/// <param name="View">The number of the view in which it was ordered.</param>
/// <param name="Time">The orderer's wall clock, nanoseconds since 1970 UTC: what replicas record as time of the change.</param>
public sealed record LogEntry(long Sequence, long View, long Time, LogBody Body)
{
    /// <summary>What an entry counts in logs, windows and credits, in bytes.</summary>
    public long Bytes => OverheadBytes + Body.DataBytes;

    public const long OverheadBytes = 128;

    /// <summary>
    /// What a section costs a host besides its bytes and its id: table entry, expiry entry, pages' headers, its place in the map (measured,
    /// rounded up). Without it empty sections would be free.
    /// </summary>
    public const long SectionOverheadBytes = 512;
}

/// <summary>What an update says. Content goes to the table of sections, everything else to the control state of the incarnation.</summary>
public abstract record LogBody
{
    public virtual long DataBytes => 0;

    /// <summary>A concrete change: the orderer has checked it against all before it and filled in a generated id.</summary>
    /// <param name="Writer">Whose change it is, for tracking; the default for the orderer's own (expiry).</param>
    /// <param name="Handle">The writing handle of that session.</param>
    /// <param name="Number">The session's number of the request.</param>
    public sealed record Content(ContentOp Op, SessionId Writer, ulong Handle, ulong Number) : LogBody
    {
        public override long DataBytes { get; } =
            Op.DataBytes + (Op is ContentOp.CreateSection create ? create.Id.Length + LogEntry.SectionOverheadBytes : 0);
    }

    /// <summary>Update 1.</summary>
    public sealed record Created(IncarnationState State) : LogBody;

    /// <param name="Duration">Nanoseconds.</param>
    public sealed record Retention(long Duration) : LogBody;

    public sealed record Unlinked : LogBody;

    /// <summary>Collocated: the host is an AIS replica from now on.</summary>
    public sealed record ReplicaAdded(HostId Host) : LogBody;

    /// <summary>The newcomer holds everything before this; it counts from now on.</summary>
    public sealed record Full(HostId Host) : LogBody;

    /// <summary>The last update of its orderer. Acts only in the view that wrote it.</summary>
    /// <param name="MakesActive">Set by an application: <paramref name="To"/> is the active replica. Else (a drain) a collocated one has none.</param>
    public sealed record HandOver(HostId To, bool MakesActive) : LogBody;

    /// <summary>The last update of all.</summary>
    public sealed record Deleted : LogBody;
}

/// <summary>What is known of an incarnation besides its sections: fixed at creation, and changed by control updates.</summary>
/// <param name="CreationTime">Nanoseconds since 1970 UTC.</param>
/// <param name="RetentionDuration">Nanoseconds, as it is now.</param>
/// <param name="NamedOrderer">Whom creation or the last hand-over named: START prefers it.</param>
/// <param name="Active">Collocated asynchronous: the host that an application set. Null in every other kind.</param>
/// <param name="Replicas">Collocated: the hosts that opened it. Empty in every other kind: there each full host is a replica.</param>
public sealed record IncarnationState(
    IncarnationId Incarnation,
    CheckpointName Name,
    CreationAttributes Attributes,
    long CreationTime,
    long RetentionDuration,
    bool Unlinked,
    HostId NamedOrderer,
    HostId? Active,
    IReadOnlyList<HostId> Replicas);
