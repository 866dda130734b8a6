using Checkpoint.Protocol;
using static Checkpoint.Actors.Checkpoints.CheckpointDecision;
using static Checkpoint.Actors.Checkpoints.CheckpointEvents;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// The rules of a checkpoint's life cycle (ais-ckpt 1.5, 2.1). Pure: time is a parameter, nothing is changed here.
/// A decision holds only in the state that it was made for, and only when that state is known to be live in the present view.
/// </summary>
public static class CheckpointRules
{
    /// <summary>
    /// Incarnations of one name at a time; all but one of them unlinked and still open. With 256 of about 130 bytes the event that
    /// keeps them stays near 32 KiB.
    /// </summary>
    public const int IncarnationsMax = 256;

    /// <summary>
    /// Opens of one name at a time. A roll call's answer or a description names each in at most 31 bytes (its session 16, the rest 15),
    /// so that 8,192 stay below the 256 KiB that one message may have.
    /// </summary>
    public const int OpenersMax = 8192;

    /// <summary>Refuse, Create or Join.</summary>
    public static CheckpointDecision Decide(this CheckpointState state, CheckpointProtocol.Open open)
    {
        if (open.Reattach is { } incarnation)
            return state.Lives.TryGetValue(incarnation, out var life)
                ? state.DecideJoin(life, open.Opener)
                : new Refuse(AisStatus.NotExist, $"incarnation {incarnation} of {open.Name} is gone");

        if (open.Opener.Flags.HasFlag(OpenFlags.Create) != open.Create is not null)
            return new Refuse(AisStatus.InvalidParam, "creation attributes go with CREATE and with nothing else");
        if (open.Create is { } wanted)
            return state.CreatedBy(open) is { } created ? state.DecideJoin(created, open.Opener) : state.DecideCreate(open, wanted);

        return state.Linked is { } linked
            ? state.DecideJoin(linked, open.Opener)
            : new Refuse(AisStatus.NotExist, $"no checkpoint {open.Name}");
    }

    /// <summary>A close by one opener; an opener that is not known has left already. The default incarnation stands for any.</summary>
    public static Record Decide(this CheckpointState state, CheckpointProtocol.Close close, long now) =>
        state.DecideLeave(Leaves(close), now, close.Origin);

    public static Func<CheckpointProtocol.Opener, bool> Leaves(CheckpointProtocol.Close close)
    {
        var key = OpenerKey.Of(close.Opener);
        return opener => OpenerKey.Of(opener) == key;
    }

    /// <summary>
    /// What becomes true when these openers leave: an incarnation that nobody else has open is deleted when it is unlinked or not to
    /// be retained, else retained from the latest departure on.
    /// </summary>
    /// <param name="by">The close that makes them leave; null when they were lost.</param>
    public static Record DecideLeave(
        this CheckpointState state, Func<CheckpointProtocol.Opener, bool> leaves, long time, RequestOrigin? by = null) =>
        new([.. state.Lives.Values
            .Where(life => !life.Openers.IsEmpty && life.Openers.Values.All(leaves))
            .SelectMany(life => LastClose(life, Math.Max(time, life.LastLeft), by))]);

    /// <summary>
    /// An incarnation that is open in the journal but that no session of any host of the view has open: its openers were lost with
    /// their hosts, at <paramref name="lostAt"/>.
    /// </summary>
    public static Record DecideOrphans(this CheckpointState state, Func<IncarnationId, long?> lostAt) =>
        new([.. state.Lives.Values
            .Where(life => life.Openers.IsEmpty && life.ClosedAt is null)
            .SelectMany(life => lostAt(life.Id) is { } time ? LastClose(life, Math.Max(time, life.LastLeft)) : [])]);

    /// <summary>Sessions have it open although the journal says closed: retention must not run.</summary>
    public static Record DecideReopened(this CheckpointState state) =>
        new([.. state.Lives.Values.Where(life => !life.Openers.IsEmpty && life.ClosedAt is not null).Select(life => new OpenedFirst(life.Id))]);

    public static Record DecideRetentionEnds(this CheckpointState state, long now) =>
        new([.. state.Lives.Values
            .Where(life => life.Openers.IsEmpty && life.RetentionEnd <= now)
            .Select(life => new Deleted(life.Id, DeletionReason.RetentionEnded))]);

    /// <summary>
    /// What the view's replicas say against what the journal says: an incarnation lives only when both know it. Recording the deletion
    /// of an unknown one first proves that no other run of this entity has made it: the journal would refuse the row.
    /// </summary>
    /// <param name="beingDeleted">Deleted in the journal already, but still on their way out of the replicas.</param>
    public static Record DecideLive(
        this CheckpointState state, IReadOnlyCollection<IncarnationId> live, IReadOnlySet<IncarnationId> beingDeleted) =>
        new([
            .. state.Lives.Keys.Where(id => !live.Contains(id)).Select(id => new Deleted(id, DeletionReason.Lost)),
            .. live.Where(id => !state.Lives.ContainsKey(id) && !beingDeleted.Contains(id)).Select(id => new Deleted(id, DeletionReason.Unknown)),
        ]);

    /// <summary>Unlinked when somebody has it open, deleted when nobody has.</summary>
    public static CheckpointDecision Decide(this CheckpointState state, CheckpointProtocol.Unlink unlink) =>
        state.Linked switch
        {
            null => new Refuse(AisStatus.NotExist, $"no checkpoint {unlink.Name}"),
            { ClosedAt: not null } retained when retained.Openers.IsEmpty => new Record([new Deleted(retained.Id, DeletionReason.Unlinked, unlink.Origin)]),
            { } open => new Record([new Unlinked(open.Id, unlink.Origin)]),
        };

    public static CheckpointDecision Decide(this CheckpointState state, CheckpointProtocol.SetRetention set) =>
        set.Duration < 0 ? new Refuse(AisStatus.InvalidParam, $"retention duration {set.Duration} ns is negative")
        : !state.Lives.TryGetValue(set.Incarnation, out var life) ? Gone(set.Name, set.Incarnation)
        : life.Unlinked ? new Refuse(AisStatus.BadOperation, $"{set.Name} is unlinked")
        : life.RetentionDuration == set.Duration ? Record.Nothing
        : new Record([new RetentionSet(set.Incarnation, set.Duration, set.Origin)]);

    /// <summary>The event is true only once the replicas have switched.</summary>
    public static CheckpointDecision Decide(this CheckpointState state, CheckpointProtocol.SetActive set) =>
        !state.Lives.TryGetValue(set.Incarnation, out var life) ? Gone(set.Name, set.Incarnation)
        : life.Attributes.Flags.IsSynchronous() || !life.Attributes.Flags.IsCollocated()
            ? new Refuse(AisStatus.BadOperation, $"{set.Name} is not collocated and asynchronous")
        : life.Active == set.Host ? Record.Nothing
        : new Record([new ActiveNamed(set.Incarnation, set.Host, set.Origin)]);

    /// <summary>A copy of the open that created it: the first answer was lost on its way.</summary>
    private static CheckpointLife? CreatedBy(this CheckpointState state, CheckpointProtocol.Open open) => open.Origin is { Id: var id }
        ? state.Lives.Values.FirstOrDefault(life => life.CreatedBy == id)
        : null;

    private static CheckpointDecision DecideCreate(this CheckpointState state, CheckpointProtocol.Open open, CreationAttributes wanted)
    {
        if (wanted.Fault() is { } fault)
            return new Refuse(AisStatus.InvalidParam, fault);

        if (state.Linked is { } linked)
        {
            // Against what it was created with: a later RetentionDurationSet does not count (ais-ckpt OPN-18, OPN-40).
            var compared = open.CompareRetention ? wanted : wanted with { RetentionDuration = linked.Attributes.RetentionDuration };
            return compared == linked.Attributes
                ? state.DecideJoin(linked, open.Opener)
                : new Refuse(AisStatus.Exist, $"{open.Name} was created with {linked.Attributes}");
        }

        if (state.Lives.Count >= IncarnationsMax)
            return new Refuse(AisStatus.NoResources, $"{open.Name} has {state.Lives.Count} incarnations that are open; the limit is {IncarnationsMax}");
        return state.OpenersFull(open.Opener) ?? new Create(wanted);
    }

    private static CheckpointDecision DecideJoin(this CheckpointState state, CheckpointLife life, CheckpointProtocol.Opener opener) =>
        state.OpenersFull(opener) ?? new Join(
            life,
            StopRetention: life.ClosedAt is not null,
            AddReplica: life.Attributes.Flags.IsCollocated() && !life.HasOpenerOn(opener.Host));

    private static CheckpointDecision? OpenersFull(this CheckpointState state, CheckpointProtocol.Opener opener) =>
        state.OpenerCount >= OpenersMax && !state.Lives.Values.Any(life => life.Openers.ContainsKey(OpenerKey.Of(opener)))
            ? new Refuse(AisStatus.NoResources, $"{state.OpenerCount} opens of {state.Name}; the limit is {OpenersMax}")
            : null;

    private static IEnumerable<IEvent> LastClose(CheckpointLife life, long time, RequestOrigin? by = null) =>
        life.Unlinked || life.RetentionDuration == 0 || IsBelowTick(life) ? [new Deleted(life.Id, DeletionReason.Closed, by)]
        : life.ClosedAt is null ? [new ClosedLast(life.Id, time, by)]
        : []; // An open in flight that came to nothing: retention went on.

    /// <summary>The duration itself stays what was asked for: who opens the checkpoint meanwhile reads it back.</summary>
    private static bool IsBelowTick(CheckpointLife life) =>
        life.RetentionDuration < CheckpointProtocol.Opener.RetentionTick
        && life.Openers.Values.Any(opener => opener.Flags.HasFlag(CheckpointProtocol.Opener.SmallRetentionIsZero));

    private static Refuse Gone(CheckpointName name, IncarnationId incarnation) =>
        new(AisStatus.NotExist, $"incarnation {incarnation} of {name} is gone");
}
