using Checkpoint.Protocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// What the entity of one checkpoint name accepts and answers. Commands travel through the shard region from any host, so each
/// carries an id and a deadline: an entity that gets one too late drops it. Deadlines are wall-clock nanoseconds
/// (<see cref="AisTime"/>; hosts' clocks may differ by the lease margin only). Every command that is not given up gets one
/// <see cref="IReply"/>; of a command that came several times each copy gets the same.
/// </summary>
public static class CheckpointProtocol
{
    public interface ICommand
    {
        CheckpointName Name { get; }

        ulong Number { get; }

        long Deadline { get; }

        SessionId Asker { get; }

        ulong AnsweredTo { get; }

        bool IsRepeated { get; }

        RequestOrigin? Origin { get; }
    }

    public interface IReply
    {
        ulong Number { get; }

        AisStatus Status { get; }
    }

    /// <summary>
    /// saCkptCheckpointOpen. Answered by <see cref="Opened"/> (creation in the journal and on all replicas; retention stopped), or
    /// <see cref="Refused"/> with NOT_EXIST, EXIST, NO_RESOURCES, TRY_AGAIN, TIMEOUT. Arguments were checked by the session.
    /// </summary>
    /// <param name="Opener">One open of one session on one host: the unit that closes.</param>
    /// <param name="Create">Attributes when CREATE is set, else null.</param>
    /// <param name="CompareRetention">B.1 clients compare the retention duration as well (ais-ckpt 3.7 RetentionInCompare).</param>
    /// <param name="Reattach">Opens this incarnation and no other, linked or not (after a failover).</param>
    public sealed record Open(
        CheckpointName Name, ulong Number, long Deadline, Opener Opener, CreationAttributes? Create, bool CompareRetention, IncarnationId? Reattach)
        : CheckpointCommand(Name, Number, Deadline);

    /// <summary>One open. Two opens of one session have different handles.</summary>
    public sealed record Opener(HostId Host, SessionId Session, ulong Handle, OpenFlags Flags)
    {
        /// <summary>
        /// A flag of ours, set by the session: for this opener the timer of a retention below <see cref="RetentionTick"/> counts as 0 (ais-ckpt 3.7,
        /// SmallRetentionIsZero). No program can set it, sessions refuse flags that they do not know.
        /// </summary>
        public const OpenFlags SmallRetentionIsZero = (OpenFlags)0x80;

        /// <summary>OpenSAF keeps retention times in ticks of 10 ms; its programs rely on "gone at Close" below one.</summary>
        public const long RetentionTick = 10 * AisTime.NanosecondsPerMillisecond;
    }

    public sealed record Opened(ulong Number, IncarnationId Incarnation, CreationAttributes Attributes)
        : CheckpointReply(Number)
    {
        public override AisStatus Status => AisStatus.Ok;
    }

    /// <summary>
    /// saCkptCheckpointClose. Ok when recorded; also Ok when unknown (closed already). Last close starts retention or deletes.
    /// TRY_AGAIN and TIMEOUT: to be sent again until Ok. It also takes back an Open that was given up: with the default
    /// incarnation it closes the opener wherever it is, and an Open of this opener that comes later is refused.
    /// </summary>
    public sealed record Close(CheckpointName Name, ulong Number, long Deadline, IncarnationId Incarnation, Opener Opener)
        : CheckpointCommand(Name, Number, Deadline);

    /// <summary>saCkptCheckpointUnlink. Ok, or NOT_EXIST when no linked checkpoint has the name.</summary>
    public sealed record Unlink(CheckpointName Name, ulong Number, long Deadline)
        : CheckpointCommand(Name, Number, Deadline);

    /// <summary>saCkptCheckpointRetentionDurationSet. Ok, or BAD_OPERATION when unlinked.</summary>
    public sealed record SetRetention(CheckpointName Name, ulong Number, long Deadline, IncarnationId Incarnation, long Duration)
        : CheckpointCommand(Name, Number, Deadline);

    /// <summary>saCkptActiveReplicaSet, checked by the session to be collocated and asynchronous. Ok when effective on all nodes.</summary>
    public sealed record SetActive(CheckpointName Name, ulong Number, long Deadline, IncarnationId Incarnation, HostId Host)
        : CheckpointCommand(Name, Number, Deadline);

    /// <summary>For <c>show</c>: openers and life-cycle state. Answered by <see cref="Described"/> or Refused NOT_EXIST.</summary>
    public sealed record Describe(CheckpointName Name, ulong Number, long Deadline)
        : CheckpointCommand(Name, Number, Deadline);

    public sealed record Described(
        ulong Number, IncarnationId Incarnation, long CreationTime, CreationAttributes Attributes, long RetentionDuration, IReadOnlyList<Opener> Openers)
        : CheckpointReply(Number)
    {
        public override AisStatus Status => AisStatus.Ok;
    }

    /// <summary>
    /// From the host that orders one of the name's incarnations, after a change of view and periodically (rate bounded): the entity
    /// wakes, takes the roll call, checks its timers, and deletes incarnations that the journal does not know. Answered by Done.
    /// </summary>
    public sealed record Ping(CheckpointName Name, ulong Number, long Deadline)
        : CheckpointCommand(Name, Number, Deadline);

    public sealed record Done(ulong Number)
        : CheckpointReply(Number)
    {
        public override AisStatus Status => AisStatus.Ok;
    }

    /// <param name="Status">What callers branch on.</param>
    /// <param name="Reason">What an operator reads; names the limit and the value that broke it.</param>
    public sealed record Refused(ulong Number, AisStatus Status, string Reason) : CheckpointReply(Number)
    {
        public override AisStatus Status { get; } = Status;
    }
}
