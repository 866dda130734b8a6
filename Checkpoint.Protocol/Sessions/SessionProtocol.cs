namespace Checkpoint.Protocol;

/// <summary>
/// What a client process and its Session say to each other, over Akka.Remote (.NET) and over the Unix socket (CLI, C) alike.
/// Every <see cref="Request"/> gets exactly one <see cref="Answer"/>; pushes (<see cref="Changed"/>, <see cref="Gap"/>,
/// <see cref="Farewell"/>) carry no request id. Any request may be answered TRY_AGAIN (nothing was applied, transient),
/// TIMEOUT (unknown, at most once), UNAVAILABLE (the host lost its view) or NO_RESOURCES / NO_MEMORY (a quota, with limit and value).
/// </summary>
public static class SessionProtocol
{
    /// <summary>Bumped when a message changes its bytes; a peer that speaks another major is told so in the handshake.</summary>
    public const ushort Version = 1;

    public interface IMessage
    {
    }

    /// <summary>First message of a client. Answered by <see cref="Welcome"/>, or by <see cref="Farewell"/> when refused.</summary>
    /// <param name="ClientName">For logs and <c>status</c>: program and pid, at most 128 bytes.</param>
    /// <param name="RequestedVersion">AIS version as requested in Initialize; B.2 for .NET.</param>
    public sealed record Hello(ushort ProtocolVersion, string ClientName, AisVersion RequestedVersion, Profile Profile) : IMessage;

    /// <param name="HostName">The <c>node-name</c> of the host that serves this session.</param>
    /// <param name="HeartbeatInterval">Nanoseconds between heartbeats that the session expects.</param>
    /// <param name="SilenceMax">Nanoseconds without a message after which either side gives the other up.</param>
    /// <param name="Profile">The profile that the session follows: the client's, unless the host's <c>gateway.profile</c> overrides it.</param>
    public sealed record Welcome(
        ushort ProtocolVersion,
        SessionId Session,
        string HostName,
        HostId Host,
        long HeartbeatInterval,
        long SilenceMax,
        int OutstandingMax,
        Profile Profile) : IMessage;

    /// <summary>
    /// The host ends this session: it shuts down (reattach elsewhere), or refuses the client. From a client: it ends, and all it opened is
    /// closed; but as the answer to a host's farewell it says that the client goes elsewhere with all its opens.
    /// </summary>
    public sealed record Farewell(AisStatus Status, string Reason) : IMessage;

    /// <summary>Either direction; answered by <see cref="Heartbeat"/> with the same number when <paramref name="IsAnswer"/> is false.</summary>
    public sealed record Heartbeat(ulong Number, bool IsAnswer) : IMessage;

    /// <param name="Id">Chosen by the client, never used twice in a session.</param>
    /// <param name="Budget">Nanoseconds that the client still waits; <see cref="AisTime.End"/> is without limit, 0 the host's <c>sessions.default-timeout</c>. Checked where the request is executed.</param>
    public sealed record Request(ulong Id, long Budget, Command Command) : IMessage;

    /// <param name="ErroneousIndex">First bad element of a vector, or -1.</param>
    /// <param name="Body">Null unless the command has a result; present only when <paramref name="Status"/> is Ok.</param>
    public sealed record Answer(ulong Id, AisStatus Status, string? Reason = null, int ErroneousIndex = -1, Result? Body = null) : IMessage;

    /// <summary>A tracked checkpoint changed: one stable update. In order, without gaps, else a <see cref="Gap"/> stands in between.</summary>
    /// <param name="Position">The update's sequence in the checkpoint's one order.</param>
    public sealed record Changed(ulong Handle, long Position, IReadOnlyList<SectionChange> Changes) : IMessage;

    /// <summary>
    /// The client was too slow: changes up to and including <paramref name="Position"/> were not told. Position
    /// <see cref="long.MaxValue"/>: the checkpoint is gone from here, nothing will follow.
    /// </summary>
    public sealed record Gap(ulong Handle, long Position) : IMessage;

    /// <summary>The client has consumed so many change events, gaps among them; the session keeps a bounded number outstanding.</summary>
    public sealed record ChangeCredit(ulong Handle, int Events) : IMessage;

    // ---- commands: their contracts are those of ais-ckpt section 1 ----
    public abstract record Command;

    /// <summary>Ok with <see cref="Opened"/>; NOT_EXIST, EXIST, INVALID_PARAM, BAD_FLAGS.</summary>
    /// <param name="Attributes">Exactly when Create is set.</param>
    public sealed record Open(CheckpointName Name, OpenFlags Flags, CreationAttributes? Attributes) : Command;

    /// <summary>After a failover: the same incarnation again, under a new handle. Ok with <see cref="Opened"/>, or NOT_EXIST.</summary>
    public sealed record Attach(CheckpointName Name, IncarnationId Incarnation, OpenFlags Flags) : Command;

    public sealed record Close(ulong Handle) : Command;

    public sealed record Unlink(CheckpointName Name) : Command;

    public sealed record SetRetention(ulong Handle, long Duration) : Command;

    public sealed record SetActiveReplica(ulong Handle) : Command;

    /// <summary>Ok with <see cref="Status"/>.</summary>
    public sealed record GetStatus(ulong Handle) : Command;

    /// <summary>Every change of content. Ok with <see cref="SectionCreated"/> after a create, else without a body.</summary>
    public sealed record Change(ulong Handle, ContentOp Op) : Command;

    /// <summary>Ok with <see cref="Data"/>.</summary>
    public sealed record Read(ulong Handle, IReadOnlyList<ReadElement> Elements) : Command;

    public sealed record Synchronize(ulong Handle) : Command;

    /// <summary>Ok with <see cref="IterationOpened"/>.</summary>
    public sealed record IterationInitialize(ulong Handle, SectionsChosen Chosen, long Time) : Command;

    /// <summary>Ok with <see cref="Sections"/> (at least one), or NO_SECTIONS.</summary>
    public sealed record IterationNext(ulong Iteration, int CountMax) : Command;

    public sealed record IterationFinalize(ulong Iteration) : Command;

    /// <summary>Starts or stops <see cref="Changed"/> for a handle. Ok without a body.</summary>
    public sealed record Track(ulong Handle, bool On) : Command;

    // ---- administration: the CLI ----

    /// <summary>Ok with <see cref="NodeStatus"/>.</summary>
    public sealed record GetNodeStatus : Command;

    /// <summary>Ok with <see cref="NodeLimits"/>: what this host was told it may have, and what it has taken.</summary>
    public sealed record GetNodeLimits : Command;

    /// <summary>Ok with <see cref="CheckpointList"/>: every checkpoint this host knows, by name.</summary>
    public sealed record ListCheckpoints : Command;

    /// <summary>Ok with <see cref="CheckpointDetail"/>, or NOT_EXIST.</summary>
    public sealed record ShowCheckpoint(CheckpointName Name) : Command;

    /// <summary>Orderers move away and the named node leaves. Ok when it has left; NOT_EXIST when no node has that name.</summary>
    public sealed record Drain(string NodeName) : Command;

    /// <summary>Fault injection; BAD_OPERATION unless <c>checkpoint.faults.enabled</c>.</summary>
    public sealed record InjectFault(string Fault, string Argument) : Command;

    // ---- results ----
    public abstract record Result;

    public sealed record Opened(ulong Handle, IncarnationId Incarnation, CreationAttributes Attributes) : Result;

    public sealed record Status(CheckpointDescriptor Descriptor) : Result;

    public sealed record SectionCreated(SectionId Id) : Result;

    /// <summary>One buffer an element, all of one sequence.</summary>
    public sealed record Data(IReadOnlyList<ReadOnlyMemory<byte>> Buffers) : Result;

    public sealed record IterationOpened(ulong Iteration) : Result;

    public sealed record Sections(IReadOnlyList<SectionDescriptor> Descriptors) : Result;

    /// <param name="Journal">Which one.</param>
    /// <param name="JournalAway">
    /// This host cannot reach it: create, unlink, first open, last close and changes of view wait; reads and updates go on.
    /// </param>
    public sealed record NodeStatus(
        string NodeName,
        HostId Host,
        long ViewNumber,
        bool Serving,
        string Journal,
        bool JournalAway,
        IReadOnlyList<NodeRow> Nodes,
        IReadOnlyList<SessionRow> Sessions,
        int Checkpoints,
        long BytesUsed,
        long BytesMax) : Result;

    public sealed record NodeLimits(IReadOnlyList<LimitRow> Rows) : Result;

    /// <param name="Key">Of the configuration.</param>
    /// <param name="Configured">What it says, or the default.</param>
    /// <param name="Effective">Lower where a default was more than the process may have.</param>
    /// <param name="Bound">Which limit of the process it was compared with, and its value.</param>
    public sealed record LimitRow(string Key, long Configured, long Effective, string Bound);

    /// <param name="Reachability">"reachable", "unreachable" or "left-out".</param>
    public sealed record NodeRow(string NodeName, HostId Host, string MemberStatus, string Reachability, bool InView, int Orders);

    public sealed record SessionRow(SessionId Session, string ClientName, int Handles);

    public sealed record CheckpointList(IReadOnlyList<CheckpointRow> Rows) : Result;

    /// <param name="Orderer">The <c>node-name</c> of the host that orders its updates.</param>
    /// <param name="SetAside">The answering host could not apply an update: it has no content of it any more.</param>
    public sealed record CheckpointRow(
        CheckpointName Name,
        IncarnationId Incarnation,
        bool Unlinked,
        CreationFlags Flags,
        int Sections,
        long UsedSize,
        string Orderer,
        bool SetAside);

    /// <summary>The attributes of the AIS information model's class SaCkptCheckpoint (ais-ckpt 2.12).</summary>
    /// <param name="SetAside">As in <see cref="CheckpointRow"/>.</param>
    public sealed record CheckpointDetail(
        CheckpointName Name,
        IncarnationId Incarnation,
        long CreationTimestamp,
        CreationAttributes Attributes,
        long RetentionDuration,
        long UsedSize,
        int NumOpeners,
        int NumReaders,
        int NumWriters,
        int NumReplicas,
        int NumSections,
        int NumCorruptSections,
        long Position,
        string Orderer,
        bool SetAside,
        IReadOnlyList<ReplicaRow> Replicas) : Result;

    /// <summary>Class SaCkptReplica.</summary>
    public sealed record ReplicaRow(string NodeName, bool IsActive, bool IsFull);
}
