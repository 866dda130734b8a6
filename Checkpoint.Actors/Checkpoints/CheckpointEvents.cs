using System.Collections.Immutable;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// What the journal knows of one checkpoint name. Past facts, in the order in which they became true. Openers and content are not
/// here: openers are derived from sessions (design invariant 5), content lives in the replicas only. <c>By</c> is the request that the row
/// comes from; null when the entity wrote it of its own accord, or an earlier version did.
/// </summary>
public static class CheckpointEvents
{
    public interface IEvent;

    /// <summary>
    /// A new run of the entity took over. The first event after an absence, so it holds the true name: an entity id may be a hash.
    /// </summary>
    /// <param name="Term">The event's own sequence number: it rises with each start and survives the deletion of rows.</param>
    public sealed record TermStarted(CheckpointName Name, long Term) : IEvent;

    /// <summary>Linked and open from now on. The replicas come after it; without them the next run finds it lost.</summary>
    /// <param name="CreationTime">AIS time.</param>
    public sealed record Created(IncarnationId Incarnation, CreationAttributes Attributes, long CreationTime, RequestOrigin? By = null) : IEvent;

    /// <param name="Duration">Nanoseconds; <see cref="AisTime.End"/> is for ever.</param>
    public sealed record RetentionSet(IncarnationId Incarnation, long Duration, RequestOrigin? By = null) : IEvent;

    /// <summary>Somebody has it open again: retention does not run.</summary>
    public sealed record OpenedFirst(IncarnationId Incarnation) : IEvent;

    /// <summary>Nobody in the cluster has it open.</summary>
    /// <param name="Time">AIS time from which retention counts: the last close, or the loss of the last opener's host.</param>
    public sealed record ClosedLast(IncarnationId Incarnation, long Time, RequestOrigin? By = null) : IEvent;

    /// <summary>An application set this host's replica active (collocated and asynchronous only).</summary>
    public sealed record ActiveNamed(IncarnationId Incarnation, HostId Host, RequestOrigin? By = null) : IEvent;

    /// <summary>The name is free; whoever has the incarnation open keeps it.</summary>
    public sealed record Unlinked(IncarnationId Incarnation, RequestOrigin? By = null) : IEvent;

    /// <summary>It never comes back. Also recorded for an incarnation that the journal does not know, before its replicas are deleted.</summary>
    public sealed record Deleted(IncarnationId Incarnation, DeletionReason Reason, RequestOrigin? By = null) : IEvent;

    /// <summary>All that the rows before it say, so that they can be deleted.</summary>
    public sealed record Kept(CheckpointName Name, long Term, ImmutableArray<KeptIncarnation> Incarnations) : IEvent
    {
        public RequestMemory Requests { get; init; } = RequestMemory.Empty;

        public bool HasRequests => !Requests.Askers.IsEmpty || Incarnations.Any(incarnation => incarnation.CreatedBy is not null);
    }

    /// <param name="ClosedAt">AIS time, or null while open.</param>
    public sealed record KeptIncarnation(
        IncarnationId Incarnation,
        CreationAttributes Attributes,
        long CreationTime,
        long RetentionDuration,
        long? ClosedAt,
        bool Unlinked,
        HostId? Active,
        RequestId? CreatedBy = null);
}
