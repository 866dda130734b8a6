using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// What the actors of one host ask of that host's ReplicaAgent. These messages never leave the process: the agent itself
/// talks to the agents of other hosts. Every command gets exactly one reply, told to the command's sender and carrying its
/// <c>Number</c>. Deadlines are monotonic (<see cref="TimeProvider.GetTimestamp"/> of the node's clock); past it the reply is
/// TIMEOUT when anything was sent, else TRY_AGAIN. An incarnation that this view does not have is NOT_EXIST.
/// Any reply may be TRY_AGAIN (no lease, no START yet, drained away: nothing was applied) or UNAVAILABLE (left out for good).
/// </summary>
public static class ReplicaAgentProtocol
{
    public interface ICommand
    {
        /// <summary>Chosen by the sender to match the reply.</summary>
        ulong Number { get; }
    }

    public interface IReply
    {
        ulong Number { get; }

        AisStatus Status { get; }

        string? Reason { get; }
    }

    // ---- content: from Sessions ----

    /// <summary>Orders a change; <see cref="Changed"/> when the creation flags' promise is kept. A session's numbers only rise.</summary>
    /// <param name="Handle">Whose change it is, for tracking: the writing handle is not told its own changes.</param>
    public sealed record Change(
        ulong Number, IncarnationId Incarnation, SessionId Session, ulong Handle, ContentOp Op, long Deadline) : ICommand;

    public sealed record Changed(ulong Number, ContentResult Result) : IReply
    {
        public AisStatus Status => Result.Status;

        public string? Reason => Result.Reason;
    }

    /// <summary>One state of the replica (synchronous: local; asynchronous: at the active). Answered by <see cref="ReadDone"/>.</summary>
    /// <param name="Room">
    /// Where the bytes are reserved before they are copied; it goes back with the reply, and holds what an Ok reply has. Where it refuses
    /// them the reply is NO_MEMORY. Null: not counted.
    /// </param>
    public sealed record Read(
        ulong Number, IncarnationId Incarnation, IReadOnlyList<ReadElement> Elements, long Deadline, Reservation? Room = null) : ICommand;

    public sealed record ReadDone(ulong Number, ReadResult Result, Reservation? Room = null) : IReply
    {
        public AisStatus Status => Result.Status;

        public string? Reason => Result.Reason;
    }

    /// <summary>Answered by <see cref="Described"/>.</summary>
    public sealed record Describe(ulong Number, IncarnationId Incarnation, long Deadline) : ICommand;

    public sealed record Described(ulong Number, AisStatus Status, string? Reason, CheckpointDescriptor? Descriptor) : IReply;

    /// <summary>The ids that match, as of one sequence. Answered by <see cref="Listed"/>.</summary>
    /// <param name="Room">As for <see cref="Read"/>; NO_RESOURCES where it refuses the ids.</param>
    public sealed record List(
        ulong Number, IncarnationId Incarnation, SectionsChosen Chosen, long Time, long Deadline, Reservation? Room = null) : ICommand;

    public sealed record Listed(
        ulong Number, AisStatus Status, string? Reason, IReadOnlyList<SectionId> Ids, Reservation? Room = null) : IReply;

    /// <summary>Answered by <see cref="SectionsDescribed"/>: one entry an id, null for a section that is gone.</summary>
    public sealed record DescribeSections(ulong Number, IncarnationId Incarnation, IReadOnlyList<SectionId> Ids, long Deadline) : ICommand;

    public sealed record SectionsDescribed(
        ulong Number, AisStatus Status, string? Reason, IReadOnlyList<SectionDescriptor?> Descriptors) : IReply;

    /// <summary>Answered by <see cref="Done"/> when everything ordered before it is stable.</summary>
    public sealed record Synchronize(ulong Number, IncarnationId Incarnation, long Deadline) : ICommand;

    public sealed record Done(ulong Number, AisStatus Status, string? Reason = null) : IReply
    {
        public static Done Ok(ulong number) => new(number, AisStatus.Ok);
    }

    /// <summary>
    /// The sender gets an <see cref="Update"/> for each stable update of the incarnation from now on, until it untracks or stops
    /// (the agent watches it). Answered by <see cref="Done"/>.
    /// </summary>
    public sealed record Track(ulong Number, IncarnationId Incarnation) : ICommand;

    public sealed record Untrack(ulong Number, IncarnationId Incarnation) : ICommand;

    /// <summary>Pushed to trackers, in order of <paramref name="Position"/>; a hole in the positions was an update without section changes.</summary>
    public sealed record Update(
        IncarnationId Incarnation, long Position, SessionId Writer, ulong WriterHandle, IReadOnlyList<SectionChange> Changes);

    /// <summary>Pushed to trackers when the incarnation no longer exists here.</summary>
    public sealed record Gone(IncarnationId Incarnation);

    // ---- existence: from CheckpointActors. Answered by Done. Idempotent: a repeated one is Ok. ----

    /// <summary>Update 1: the incarnation is ordered by <paramref name="Creator"/> and full on every host of the view before Ok.</summary>
    public sealed record Create(
        ulong Number, IncarnationId Incarnation, CheckpointName Name, CreationAttributes Attributes, HostId Creator, long CreationTime, long Deadline) : ICommand;

    /// <summary>The last update. Ok when it is stable; also Ok when the incarnation is unknown in this view.</summary>
    public sealed record Delete(ulong Number, IncarnationId Incarnation, long Deadline) : ICommand;

    /// <summary>The replicas learn what StatusGet answers as retention duration.</summary>
    public sealed record SetRetention(ulong Number, IncarnationId Incarnation, long Duration, long Deadline) : ICommand;

    /// <summary>The replicas learn that the name is gone.</summary>
    public sealed record MarkUnlinked(ulong Number, IncarnationId Incarnation, long Deadline) : ICommand;

    /// <summary>
    /// Hands the orderer over to <paramref name="To"/>, drained, and makes it the active replica of a collocated asynchronous
    /// checkpoint. Ok when it is so for every host. NOT_EXIST when <paramref name="To"/> is not full.
    /// </summary>
    public sealed record SetActive(ulong Number, IncarnationId Incarnation, HostId To, long Deadline) : ICommand;

    /// <summary>Collocated: <paramref name="Host"/> becomes an AIS replica (its first open there). Ok when ordered and stable.</summary>
    public sealed record AddReplica(ulong Number, IncarnationId Incarnation, HostId Host, long Deadline) : ICommand;

    /// <summary>Which incarnations of this name this view has (full somewhere). Answered by <see cref="Live"/>, TRY_AGAIN before START.</summary>
    public sealed record GetLive(ulong Number, CheckpointName Name) : ICommand;

    /// <param name="Hosts">The hosts of that view: whom an entity's roll call asks. Empty when the status is not Ok.</param>
    public sealed record Live(
        ulong Number,
        AisStatus Status,
        string? Reason,
        long ViewNumber,
        IReadOnlyList<HostId> Hosts,
        IReadOnlyList<IncarnationId> Incarnations) : IReply;

    // ---- administration ----

    /// <summary>Answered by <see cref="AgentStatus"/>.</summary>
    public sealed record GetAgentStatus(ulong Number) : ICommand;

    /// <param name="JournalAway">The last attempt at the journal failed: what needs it waits.</param>
    public sealed record AgentStatus(
        ulong Number,
        long ViewNumber,
        IReadOnlyList<HostId> ViewHosts,
        bool Serving,
        bool JournalAway,
        IReadOnlyList<HostId> Unheard,
        IReadOnlyList<IncarnationStatus> Incarnations,
        long BytesUsed,
        long BytesMax) : IReply
    {
        public AisStatus Status => AisStatus.Ok;

        public string? Reason => null;
    }

    /// <param name="Active">The active replica's host, or null when there is none (synchronous, or collocated and not set).</param>
    /// <param name="IsSetAside">This host could not apply an update, and has no content of it any more.</param>
    /// <param name="ReplicaHosts">AIS replicas: full hosts; collocated, only those that opened it.</param>
    public sealed record IncarnationStatus(
        IncarnationId Incarnation,
        CheckpointName Name,
        CreationAttributes Attributes,
        long CreationTime,
        long RetentionDuration,
        bool Unlinked,
        HostId Orderer,
        HostId? Active,
        IReadOnlyList<HostId> ReplicaHosts,
        long Position,
        int Sections,
        int CorruptSections,
        long BytesUsed,
        bool IsSetAside = false);

    /// <summary>Hands every orderer of this host over (graceful leave). Answered by <see cref="Done"/> when none is left, or at the deadline.</summary>
    public sealed record DrainHost(ulong Number, long Deadline) : ICommand;

    /// <summary>On the EventStream of each host, whenever a view serves here (after START) and when the host is left out.</summary>
    public sealed record ViewServing(long ViewNumber, IReadOnlyList<HostId> Hosts);

    /// <summary>On the EventStream, once: this host holds every checkpoint of the view whole, so that the others may be lost.</summary>
    public sealed record HoldsAll(long ViewNumber);

    /// <summary>On the EventStream: this host is out of the view for good. Sessions say farewell, the process ends non-zero.</summary>
    public sealed record LeftOut(long ViewNumber, string Reason);

    /// <summary>On the EventStream: this host orders these incarnations after a change of view; their names' entities are to be pinged.</summary>
    public sealed record Ordering(IReadOnlyList<CheckpointName> Names);
}
