using System.Collections.Immutable;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// One incarnation as its entity sees it.
/// <code>
///   open --last close--> retained --due--> deleted        open --unlink--> unlinked --last close--> deleted
///    ^----- open ----------'  `--unlink--> deleted
/// </code>
/// </summary>
/// <param name="ClosedAt">AIS time from which retention counts; null while the journal says open.</param>
/// <param name="Active">The host whose replica an application set active.</param>
public sealed record CheckpointLife(
    IncarnationId Id,
    CreationAttributes Attributes,
    long CreationTime,
    long RetentionDuration,
    long? ClosedAt,
    bool Unlinked,
    HostId? Active)
{
    /// <summary>Derived from sessions, never journaled. By session and handle, which name one open.</summary>
    public ImmutableDictionary<OpenerKey, CheckpointProtocol.Opener> Openers { get; init; } =
        ImmutableDictionary<OpenerKey, CheckpointProtocol.Opener>.Empty;

    /// <summary>The open that created it: a copy of it joins, whatever the name is by then.</summary>
    public RequestId? CreatedBy { get; init; }

    /// <summary>AIS time of the latest departure of an opener in this run of the entity; not journaled.</summary>
    public long LastLeft { get; init; }

    /// <summary>AIS time at which it is to be deleted; <see cref="AisTime.End"/> while it is open or kept for ever.</summary>
    public long RetentionEnd =>
        ClosedAt is not { } closed ? AisTime.End
        : Unlinked ? closed
        : Saturating.Add(closed, RetentionDuration);

    public bool HasOpenerOn(HostId host) => Openers.Values.Any(opener => opener.Host == host);

    public CheckpointEvents.KeptIncarnation Keep() =>
        new(Id, Attributes, CreationTime, RetentionDuration, ClosedAt, Unlinked, Active, CreatedBy);

    public static CheckpointLife Of(CheckpointEvents.KeptIncarnation kept) =>
        new(kept.Incarnation, kept.Attributes, kept.CreationTime, kept.RetentionDuration, kept.ClosedAt, kept.Unlinked, kept.Active)
        {
            CreatedBy = kept.CreatedBy,
        };
}

/// <summary>What names one open: a session is random and never reuses a handle.</summary>
public readonly record struct OpenerKey(SessionId Session, ulong Handle)
{
    public static OpenerKey Of(CheckpointProtocol.Opener opener) => new(opener.Session, opener.Handle);
}
