using System.Collections.Immutable;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Checkpoints.CheckpointEvents;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// The pure half of a checkpoint's entity: at most one linked incarnation of the name and any unlinked ones that somebody still has
/// open. <see cref="Apply"/> depends on the event alone; what openers do is derived and goes through <see cref="Join"/> and
/// <see cref="Leave"/>. <see cref="CheckpointRules"/> decides.
/// </summary>
/// <param name="Name">Null until the journal says.</param>
/// <param name="Term">That of the last run; 0 before the first.</param>
public sealed record CheckpointState(CheckpointName? Name, long Term, ImmutableDictionary<IncarnationId, CheckpointLife> Lives)
{
    public static readonly CheckpointState Absent = new(null, 0, ImmutableDictionary<IncarnationId, CheckpointLife>.Empty);

    /// <summary>The requests that the journal's rows come from.</summary>
    public RequestMemory Requests { get; init; } = RequestMemory.Empty;

    /// <summary>The incarnation that an open by name finds.</summary>
    public CheckpointLife? Linked => Lives.Values.FirstOrDefault(life => !life.Unlinked);

    public bool IsAbsent => Lives.IsEmpty;

    public int OpenerCount => Lives.Values.Sum(life => life.Openers.Count);

    /// <summary>AIS time of the next retention that runs out; <see cref="AisTime.End"/> when none runs.</summary>
    public long NextRetentionEnd =>
        Lives.Values.Where(life => life.Openers.IsEmpty).Select(life => life.RetentionEnd).DefaultIfEmpty(AisTime.End).Min();

    /// <exception cref="InvalidOperationException">No rule applies the event: the journal was written by somebody else.</exception>
    public CheckpointState Apply(IEvent e) => e switch
    {
        TermStarted started => this with { Name = started.Name, Term = started.Term },
        Created created => With(new CheckpointLife(
            created.Incarnation, created.Attributes, created.CreationTime, created.Attributes.RetentionDuration, null, false, null)
        {
            CreatedBy = created.By?.Id,
        }).Remember(created.By, isDone: false),
        RetentionSet set => Change(set.Incarnation, life => life with { RetentionDuration = set.Duration }).Remember(set.By),
        OpenedFirst opened => Change(opened.Incarnation, life => life with { ClosedAt = null }),
        ClosedLast closed => Change(closed.Incarnation, life => life with { ClosedAt = closed.Time }).Remember(closed.By, isDone: false),
        ActiveNamed named => Change(named.Incarnation, life => life with { Active = named.Host }).Remember(named.By),
        Unlinked unlinked => Change(unlinked.Incarnation, life => life with { Unlinked = true }).Remember(unlinked.By),
        Deleted deleted => (this with { Lives = Lives.Remove(deleted.Incarnation) }).Remember(deleted.By, isDone: deleted.Reason == DeletionReason.Unlinked),
        // Who has it open is not journaled: at a start nobody is known yet, and a journal that is shortened in between closes nobody.
        Kept kept => new CheckpointState(
            kept.Name, kept.Term, kept.Incarnations.ToImmutableDictionary(life => life.Incarnation, life => CheckpointLife.Of(life) with
            {
                Openers = Lives.GetValueOrDefault(life.Incarnation)?.Openers ?? ImmutableDictionary<OpenerKey, CheckpointProtocol.Opener>.Empty,
                LastLeft = Lives.GetValueOrDefault(life.Incarnation)?.LastLeft ?? 0,
            }))
        {
            Requests = kept.Requests,
        },
        _ => throw new InvalidOperationException($"no rule applies {e.GetType().Name}"),
    };

    /// <summary>Copies of requests whose deadlines have passed are refused for that.</summary>
    /// <param name="now">AIS time.</param>
    public CheckpointState Forget(long now) => this with { Requests = Requests.Forget(now) };

    /// <summary>Everything that is journaled, as one event.</summary>
    /// <exception cref="InvalidOperationException">No term has started.</exception>
    public Kept Keep() => new(
        Name ?? throw new InvalidOperationException("a state without a name cannot be kept"),
        Term,
        [.. Lives.Values.OrderBy(life => life.CreationTime).ThenBy(life => life.Id).Select(life => life.Keep())])
    {
        Requests = Requests,
    };

    /// <summary>Counts the opener; a second time changes nothing. Nothing happens when the incarnation is gone.</summary>
    public CheckpointState Join(IncarnationId incarnation, CheckpointProtocol.Opener opener) =>
        Lives.ContainsKey(incarnation)
            ? Change(incarnation, life => life with { Openers = life.Openers.SetItem(OpenerKey.Of(opener), opener) })
            : this;

    /// <summary>Takes the openers out of every incarnation.</summary>
    /// <param name="time">AIS time at which they left.</param>
    public CheckpointState Leave(Func<CheckpointProtocol.Opener, bool> leaves, long time)
    {
        var state = this;
        foreach (var life in Lives.Values)
        {
            var left = life.Openers.Where(entry => leaves(entry.Value)).Select(entry => entry.Key).ToList();
            if (left.Count > 0)
                state = state.With(life with { Openers = life.Openers.RemoveRange(left), LastLeft = Math.Max(life.LastLeft, time) });
        }

        return state;
    }

    /// <summary>
    /// A client that re-attaches is counted already, as an opener of its lost host that waits for it. Which of several such openers it was
    /// nobody can tell and nobody needs to: one with the same rights makes way, so that the openers stay as many as there are.
    /// </summary>
    public CheckpointState WithoutPlaceOf(IncarnationId incarnation, CheckpointProtocol.Opener opener, Func<HostId, bool> isLost)
    {
        if (!Lives.TryGetValue(incarnation, out var life))
            return this;
        var place = life.Openers.Values
            .Where(waiting => isLost(waiting.Host) && (waiting.Flags & ~OpenFlags.Create) == (opener.Flags & ~OpenFlags.Create))
            .OrderBy(waiting => waiting.Handle)
            .FirstOrDefault();
        return place is null ? this : With(life with { Openers = life.Openers.Remove(OpenerKey.Of(place)) });
    }

    /// <param name="isDone">
    /// False where a copy has to be looked at: an open joins what it created, and a close takes out an opener that a roll call brought back.
    /// </param>
    private CheckpointState Remember(RequestOrigin? by, bool isDone = true) =>
        by is null ? this : this with { Requests = Requests.With(by, isDone) };

    private CheckpointState With(CheckpointLife life) => this with { Lives = Lives.SetItem(life.Id, life) };

    /// <summary>An event of an incarnation that is not there is a broken journal, not a case to pass over.</summary>
    private CheckpointState Change(IncarnationId id, Func<CheckpointLife, CheckpointLife> change) =>
        Lives.TryGetValue(id, out var life)
            ? With(change(life))
            : throw new InvalidOperationException($"incarnation {id} is not there to change");
}
