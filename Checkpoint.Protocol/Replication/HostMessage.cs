namespace Checkpoint.Protocol;

/// <summary>
/// What the ReplicaAgents of two hosts say to each other. Any message may be lost, delayed, repeated or overtaken; the links keep
/// the order of what they deliver to one host for one incarnation. A message may be of any size: the links cut it into parcels.
/// All byte buffers are immutable once sent. Times are the sender's monotonic nanoseconds unless said otherwise.
/// </summary>
/// <param name="View">The number of the view that the sender has adopted; 0 before the first.</param>
public abstract record HostMessage(long View)
{
    // ---- the view ----

    /// <summary>To every known host at each heartbeat. Answered by <see cref="BeatAck"/> when the receiver has adopted the same view.</summary>
    /// <param name="SentAt">Gives the lease its start, and the receiver the offset between the clocks.</param>
    /// <param name="IsFull">The sender is full for every checkpoint of the view.</param>
    /// <param name="IsStarted">The sender has the START of <see cref="HostMessage.View"/>.</param>
    /// <param name="IsRetired">The sender has stopped serving for good (graceful leave): it counts as known dead.</param>
    /// <param name="Heard">Whom the sender heard within its detection time.</param>
    /// <param name="KnownDead">Hosts of the present view that the sender knows to be dead.</param>
    /// <param name="Credit">Bytes of new data that the sender still takes from the receiver as orderer, counted from <paramref name="Received"/>.</param>
    /// <param name="IsOutOfMemory">The sender can hold no section that grows: nobody may order what makes or lengthens one.</param>
    /// <param name="Received">Bytes that the sender has taken from the receiver in this view.</param>
    public sealed record Beat(
        long View,
        long SentAt,
        bool IsFull,
        bool IsStarted,
        bool IsRetired,
        IReadOnlyList<HostId> Heard,
        IReadOnlyList<HostId> KnownDead,
        long Credit,
        bool IsOutOfMemory,
        long Received) : HostMessage(View);

    /// <param name="SentAt">As in the beat that it answers: the clock of that beat's sender.</param>
    public sealed record BeatAck(long View, long SentAt) : HostMessage(View);

    /// <summary>The newest row that the sender knows: told to all when adopted, and to whoever speaks of an older view.</summary>
    public sealed record Row(long View, View Latest) : HostMessage(View);

    // ---- START ----

    /// <summary>The first host of the view asks for everybody's logs. Answered by <see cref="Logs"/>; repeated until then.</summary>
    public sealed record Recover(long View) : HostMessage(View);

    /// <param name="Dropped">Incarnations whose deletion became stable here since the START before.</param>
    public sealed record Logs(long View, IReadOnlyList<LogSummary> Summaries, IReadOnlyList<IncarnationId> Dropped) : HostMessage(View);

    /// <summary>The incarnations of the view. What is not listed is dropped. Repeated until the receiver's beat says that it has it.</summary>
    public sealed record Start(long View, IReadOnlyList<StartItem> Items, IReadOnlyList<IncarnationId> Deleted) : HostMessage(View);

    // ---- updates ----

    /// <summary>From the orderer: entries in order, and how far everything is stable. Without entries it only tells the mark. Answered by <see cref="Ack"/>.</summary>
    /// <param name="Tenure">Which period of ordering: the sequence of the START or hand-over that named the orderer.</param>
    public sealed record Append(
        long View, IncarnationId Incarnation, long Tenure, long Mark, IReadOnlyList<LogEntry> Entries) : HostMessage(View);

    /// <param name="LogEnd">The last sequence in the sender's log; everything before is there too.</param>
    /// <param name="Mark">What the sender has applied.</param>
    /// <param name="HasGap">The sender saw entries above <paramref name="LogEnd"/> + 1: what is between should be sent again.</param>
    /// <param name="IsSetAside">The sender has the log, but could not apply an update and has no content any more.</param>
    public sealed record Ack(long View, IncarnationId Incarnation, long Tenure, long LogEnd, long Mark, bool HasGap, bool IsSetAside)
        : HostMessage(View);

    /// <summary>An orderer whose log is shorter than START said asks the holder. Answered by <see cref="Fetched"/>.</summary>
    /// <param name="From">First sequence wanted.</param>
    public sealed record Fetch(long View, IncarnationId Incarnation, long From) : HostMessage(View);

    public sealed record Fetched(long View, IncarnationId Incarnation, IReadOnlyList<LogEntry> Entries) : HostMessage(View);

    /// <summary>The hand-over of <paramref name="Sequence"/> is stable. From the old orderer to every host of the view, until each has answered <see cref="HandedOverAck"/>.</summary>
    public sealed record HandedOver(long View, IncarnationId Incarnation, long Sequence, HostId To, bool MakesActive) : HostMessage(View);

    public sealed record HandedOverAck(long View, IncarnationId Incarnation, long Sequence) : HostMessage(View);

    /// <summary>The deletion is stable. From the orderer to every host of the view, until each has answered <see cref="DropAck"/>.</summary>
    public sealed record Drop(long View, IncarnationId Incarnation) : HostMessage(View);

    public sealed record DropAck(long View, IncarnationId Incarnation) : HostMessage(View);

    // ---- filling ----

    /// <summary>A newcomer's copy begins: the state as of <paramref name="Sequence"/>, whose pieces and later updates follow. Answered by <see cref="FillAck"/>.</summary>
    /// <param name="Fill">A number that no other filling of this incarnation in this view has.</param>
    /// <param name="FullHosts">Who counts now.</param>
    /// <param name="IsSetAside">There is no content to be had: no piece follows, and the copy is set aside.</param>
    public sealed record FillStart(
        long View, IncarnationId Incarnation, long Tenure, long Fill, long Sequence, IncarnationState State, IReadOnlyList<HostId> FullHosts,
        bool IsSetAside) : HostMessage(View);

    /// <param name="Index">From 0. At most a window of pieces is on its way.</param>
    /// <param name="IsLast">No piece follows.</param>
    /// <param name="Piece">One encoded piece of the table (its codec is the table's).</param>
    public sealed record FillPiece(long View, IncarnationId Incarnation, long Fill, int Index, bool IsLast, ReadOnlyMemory<byte> Piece) : HostMessage(View);

    /// <param name="Pieces">So many pieces are there, in order: the credit for more.</param>
    public sealed record FillAck(long View, IncarnationId Incarnation, long Fill, int Pieces, bool IsComplete) : HostMessage(View);

    // ---- requests ----

    /// <summary>A change, from the session's host to the orderer's. Answered by <see cref="ChangeAnswer"/>, or never: then the caller gets TIMEOUT.</summary>
    /// <param name="Id">Chosen by the sender; matches the answer.</param>
    /// <param name="Deadline">In the sender's clock.</param>
    public sealed record Change(
        long View, IncarnationId Incarnation, long Tenure, ulong Id, SessionId Session, ulong Number, ulong Handle, long Deadline, ContentOp Op)
        : HostMessage(View);

    /// <param name="WasMoved">Not executed, and never will be under this id: another host orders now.</param>
    public sealed record ChangeAnswer(long View, ulong Id, bool WasMoved, ContentResult Result) : HostMessage(View);

    /// <summary>After a change of view: what became of changes that were sent to the receiver in the view before? Answered by <see cref="Fates"/>.</summary>
    public sealed record Inquire(long View, IReadOnlyList<ChangeKey> Changes) : HostMessage(View);

    public sealed record Fates(long View, IReadOnlyList<ChangeFate> Changes) : HostMessage(View);

    /// <summary>A read that this host cannot answer itself, to the orderer's host. Answered by <see cref="QueryAnswer"/>; may be repeated.</summary>
    public sealed record Query(long View, IncarnationId Incarnation, ulong Id, long Deadline, QueryBody Body) : HostMessage(View);

    public sealed record QueryAnswer(long View, ulong Id, bool WasMoved, QueryResult Result) : HostMessage(View);

    /// <summary>A change of existence, to the orderer's host (a creation: to the creator's). Idempotent; repeated until answered by <see cref="ControlAnswer"/>.</summary>
    public sealed record Control(long View, IncarnationId Incarnation, ulong Id, long Deadline, ControlBody Body) : HostMessage(View);

    public sealed record ControlAnswer(long View, ulong Id, bool WasMoved, AisStatus Status, string? Reason) : HostMessage(View);
}

/// <summary>One incarnation as one host has it when a new view starts.</summary>
/// <param name="State">As of the log's end.</param>
/// <param name="IsFull">By the host's own log.</param>
/// <param name="IsDeleted">The log ends in the deletion.</param>
/// <param name="IsSetAside">The host could not apply an update and has no content any more.</param>
public sealed record LogSummary(IncarnationState State, bool IsFull, long LogEnd, long Mark, bool IsDeleted, bool IsSetAside);

/// <summary>One incarnation as the new view has it.</summary>
/// <param name="LogEnd">Everything up to here is rolled forward.</param>
/// <param name="Holder">Has it all.</param>
/// <param name="Full">Who counts, and how far each one's log reaches.</param>
public sealed record StartItem(IncarnationState State, HostId Orderer, long LogEnd, HostId Holder, IReadOnlyList<FullHost> Full);

public readonly record struct FullHost(HostId Host, long LogEnd);

public readonly record struct ChangeKey(ulong Id, IncarnationId Incarnation, SessionId Session, ulong Number);

public enum Fate : byte
{
    /// <summary>Executed or not: nobody knows any more.</summary>
    Unknown = 1,

    /// <summary>Not executed, and shut out for ever.</summary>
    NotExecuted = 2,

    /// <summary>In the log; its answer follows when it is stable.</summary>
    Ordered = 3,
}

public readonly record struct ChangeFate(ulong Id, Fate Fate);

/// <summary>What is read.</summary>
public abstract record QueryBody
{
    public sealed record Read(IReadOnlyList<ReadElement> Elements) : QueryBody;

    public sealed record Describe : QueryBody;

    /// <param name="Time">Nanoseconds since 1970 UTC, for the filters that compare.</param>
    public sealed record List(SectionsChosen Chosen, long Time) : QueryBody;

    public sealed record DescribeSections(IReadOnlyList<SectionId> Ids) : QueryBody;

    public sealed record Synchronize : QueryBody;
}

/// <summary>What came of a read. A refusal of any query is a <see cref="Refused"/>.</summary>
public abstract record QueryResult
{
    public sealed record Refused(AisStatus Status, string? Reason, int ErroneousIndex = -1) : QueryResult;

    public sealed record Read(IReadOnlyList<ReadOnlyMemory<byte>> Data) : QueryResult;

    public sealed record Described(CheckpointDescriptor Descriptor) : QueryResult;

    public sealed record Listed(IReadOnlyList<SectionId> Ids) : QueryResult;

    public sealed record SectionsDescribed(IReadOnlyList<SectionDescriptor?> Descriptors) : QueryResult;

    public sealed record Synchronized : QueryResult;
}

/// <summary>A change of existence or of an incarnation's control state.</summary>
public abstract record ControlBody
{
    /// <param name="State">With the creator's host as named orderer.</param>
    public sealed record Create(IncarnationState State) : ControlBody;

    public sealed record Delete : ControlBody;

    /// <param name="Duration">Nanoseconds.</param>
    public sealed record SetRetention(long Duration) : ControlBody;

    public sealed record MarkUnlinked : ControlBody;

    public sealed record SetActive(HostId To) : ControlBody;

    public sealed record AddReplica(HostId Host) : ControlBody;
}
