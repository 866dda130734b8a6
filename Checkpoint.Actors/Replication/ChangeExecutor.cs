using Checkpoint.Actors.Content;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// The orderer's host: checks a change against all before it and numbers it, at most once. What it remembers of sessions on other hosts lives
/// a little longer than any deadline.
/// </summary>
internal sealed class ChangeExecutor(MachineContext context, ViewKeeper keeper, Heartbeats heartbeats, Replicas replicas, Quota quota)
{
    /// <summary>Changes that came before this host knew that it orders.</summary>
    private const int AheadMax = 4_096;

    private readonly Dictionary<(SessionId Session, IncarnationId Incarnation), SessionNumbers> _numbers = [];
    private readonly List<(HostId From, HostMessage.Change Change)> _ahead = [];
    private readonly HashSet<Replica> _waited = [];
    private long _pruneAt;

    /// <summary>
    /// Must the change wait until the orderer has done with what it works on? A long vector waits until everything before it is applied, and
    /// what comes after it waits for it: nobody needs a head of so many sections.
    /// </summary>
    public static bool MustWait(Replica replica, ContentOp op)
    {
        if (replica.Job is { HoldsOrder: true } || replica.Pending!.IsOpaque)
            return true;
        return IsLong(replica, op)
            ? replica.Job is not null || replica.Pending.Changes > 0
            : (replica.Incoming.TryPeek(out var incoming) && IsLong(replica, incoming.Change.Op))
                || (replica.Outgoing.Held.First is { } held && IsLong(replica, held.Value.Command.Op));
    }

    /// <summary>So many elements that they are checked in slices, by <see cref="Check"/>.</summary>
    public static bool IsLong(Replica replica, ContentOp op) =>
        op is ContentOp.Write write && ContentWork.Of(write.Elements.Count, 0) > replica.StepWorkMax;

    /// <summary>Checks a long vector in slices.</summary>
    /// <param name="then">Told once with the verdict to give to <see cref="Order"/>, unless the view changes before or the replica is gone.</param>
    public void Check(Replica replica, ContentOp op, Action<ContentVerdict> then)
    {
        var check = replica.Table!.BeginCheck(replica.Pending!);
        replica.Job = new CheckJob(replica, elements => Step(replica, check, (ContentOp.Write)op, elements), context.Options.SliceWork, verdict =>
        {
            then(verdict);
            replicas.OnJobEnded(replica);
        });
        context.Jobs.Begin(replica.Job);
    }

    /// <summary>Numbers the change, or says why not. Ok with sequence 0 never comes.</summary>
    /// <param name="verdict">Of a long vector; null when the change is to be checked now.</param>
    /// <returns>The result to answer with, and the sequence; 0 when it was refused.</returns>
    public (ContentResult Result, long Sequence) Order(
        Replica replica, ContentOp op, SessionId session, ulong handle, ulong number, ContentVerdict? verdict = null)
    {
        if (replica.IsSetAside)
            return (SetAsideText.Result(replica), 0);
        if (replica.LacksActive)
            return (new(AisStatus.NotExist, $"{replica.State.Name} has no active replica"), 0);
        var (result, concrete) = Judge(replica, op, verdict);
        if (concrete is null)
            return (result, 0);
        var orderer = replica.Orderer!;
        var entry = orderer.Order(new LogBody.Content(concrete, session, handle, number));
        quota.Count(entry, orderer);
        return (result, entry.Sequence);
    }

    private ContentVerdict? Step(Replica replica, ContentCheck check, ContentOp.Write write, long elements)
    {
        try
        {
            return check.Step(write, elements);
        }
        catch (Exception e)
        {
            return ContentVerdict.Refused(new(AisStatus.Library, replicas.CallFailed(replica, "The check of a long vector", e)));
        }
    }

    /// <summary>A check that throws refuses the change: it enters no log, and nothing has changed.</summary>
    private (ContentResult Result, ContentOp? Concrete) Judge(Replica replica, ContentOp op, ContentVerdict? verdict)
    {
        try
        {
            context.Options.ContentFault?.Invoke(ContentStep.Check, replica.Name, op);
            var (result, concrete, growth) = verdict ?? replica.Table!.Check(op, replica.Pending!, context.NextRandom);
            return concrete is null ? (result, null) : Room(concrete, growth) is { } refused ? (refused, null) : (result, concrete);
        }
        catch (Exception e)
        {
            return (new(AisStatus.Library, replicas.CallFailed(replica, $"The check of a {op.GetType().Name}", e)), null);
        }
    }

    /// <param name="growth">Bytes by which sections get longer.</param>
    private ContentResult? Room(ContentOp concrete, long growth)
    {
        if (ContentOpCodec.TooBig(concrete) is { } tooBig)
            return new(AisStatus.NoResources, tooBig);
        var grows = growth > 0;
        if (grows && quota.WithoutMemory() is { } exhausted)
            return new(AisStatus.NoMemory, exhausted);
        return (grows || concrete.DataBytes > 0) && quota.Refuse(Quota.DemandOf(concrete, growth), grows) is { } reason
            ? new(AisStatus.NoResources, reason)
            : null;
    }

    public void OnChange(HostId from, HostMessage.Change change)
    {
        var replica = replicas.Find(change.Incarnation);
        if (replica is null ? !replicas.Dropped.Contains(change.Incarnation) : replica.Tenure < change.Tenure)
        {
            // This host has yet to hear that it orders; nothing is said before it has.
            if (_ahead.Count < AheadMax)
                _ahead.Add((from, change));
            return;
        }

        // It may have been executed already, and this is its echo: then "moved" would be a lie.
        var key = (change.Session, change.Incarnation);
        if (_numbers.TryGetValue(key, out var numbers) && change.Number <= numbers.Last)
            return;

        // Nothing is remembered of a number that is moved: in this tenure it cannot be executed any more.
        if (replica?.Orderer is not { IsClosing: false } || replica.Tenure != change.Tenure)
            Answer(from, change, wasMoved: true, new(AisStatus.TryAgain, "another host orders now"));
        else
            Enter(replica, new IncomingChange(from, change, Admit(from, change, numbers)));
    }

    /// <summary>This host may have become the one that changes were sent to.</summary>
    public void OnOrdererChanged(Replica replica)
    {
        Pump(replica);
        if (_ahead.Count == 0)
            return;
        var mine = _ahead.Where(pair => pair.Change.Incarnation == replica.Id).ToArray();
        _ahead.RemoveAll(pair => pair.Change.Incarnation == replica.Id);
        foreach (var (from, change) in mine)
            OnChange(from, change);
    }

    /// <summary>What waited has not been executed, and says so when it is asked after.</summary>
    public void OnAdopted()
    {
        _ahead.Clear();
        foreach (var replica in replicas.All)
            while (replica.Incoming.TryDequeue(out var incoming))
            {
                var key = (incoming.Change.Session, incoming.Change.Incarnation);
                if (_numbers.TryGetValue(key, out var numbers) && numbers.Last >= incoming.Change.Number)
                    _numbers[key] = numbers with { Last = incoming.Change.Number - 1 };
            }
    }

    /// <summary>The changes that waited, as far as they may go now, in the order in which they came; a batch of them in one step.</summary>
    public void Pump(Replica replica) => replica.IncomingTurn.Take(context, () => PumpNext(replica));

    private bool PumpNext(Replica replica)
    {
        if (!replica.Incoming.TryPeek(out var incoming))
            return false;
        var change = incoming.Change;
        if (replica.Orderer is not { IsClosing: false } orderer || replica.Tenure != change.Tenure)
        {
            OnMoved(replica.Incoming.Dequeue());
            return true;
        }

        if (MustWait(replica, change.Op))
            return false;
        if (IsLong(replica, change.Op) && WhyNot(replica, orderer, incoming.Deadline) is null)
        {
            Check(replica, change.Op, verdict => OnChecked(replica, incoming, verdict));
            return false;
        }

        Execute(replica.Incoming.Dequeue(), replica, orderer, null);
        return true;
    }

    /// <summary>The incarnation is deleted; who asks again finds that out.</summary>
    public void OnGone(Replica replica)
    {
        while (replica.Incoming.TryDequeue(out var incoming))
            OnMoved(incoming);
    }

    /// <summary>What became of changes of earlier views. One that this host has not executed it never will: it refuses what older views send.</summary>
    public void OnInquire(HostId from, HostMessage.Inquire inquire)
    {
        Dictionary<IncarnationId, HashSet<(SessionId Writer, ulong Number)>> ordered = [];
        context.Send(from, new HostMessage.Fates(keeper.Number, [.. inquire.Changes.Select(key => new ChangeFate(key.Id, FateOf(key, ordered)))]));
    }

    public void Tick()
    {
        const long Margin = 5 * AisTime.NanosecondsPerSecond;
        foreach (var replica in _waited.ToArray())
            Pump(replica); // What it waited for may have been given up.
        _waited.RemoveWhere(replica => replica.Incoming.Count == 0);
        if (context.Now < _pruneAt)
            return;
        _pruneAt = context.Now + AisTime.NanosecondsPerSecond;
        foreach (var (key, numbers) in _numbers.ToArray())
            if (context.Now > numbers.Deadline + Margin)
                _numbers.Remove(key);
    }

    private void OnMoved(IncomingChange incoming) =>
        Answer(incoming.From, incoming.Change, wasMoved: true, new(AisStatus.TryAgain, "another host orders now"));

    private void Enter(Replica replica, IncomingChange incoming)
    {
        if (replica.Incoming.Count >= AheadMax)
        {
            Answer(incoming.From, incoming.Change, wasMoved: false, new(AisStatus.TryAgain, $"nothing was applied: {AheadMax} changes wait already"));
            return;
        }

        replica.Incoming.Enqueue(incoming);
        _waited.Add(replica);
        if (replica.Incoming.Count == 1)
            Pump(replica);
    }

    private void OnChecked(Replica replica, IncomingChange incoming, ContentVerdict verdict)
    {
        if (replica.Incoming.TryPeek(out var first) && first == incoming && replica.Orderer is { IsClosing: false } orderer)
        {
            replica.Incoming.Dequeue();
            Execute(incoming, replica, orderer, verdict);
        }
    }

    private void Execute(IncomingChange incoming, Replica replica, Orderer orderer, ContentVerdict? verdict)
    {
        var (from, change) = (incoming.From, incoming.Change);
        if (WhyNot(replica, orderer, incoming.Deadline) is { } why)
        {
            Answer(from, change, wasMoved: false, new(AisStatus.TryAgain, $"nothing was applied: {why}"));
            return;
        }

        var (result, sequence) = Order(replica, change.Op, change.Session, change.Handle, change.Number, verdict);
        if (sequence == 0 || !replica.IsSynchronous)
            Answer(from, change, wasMoved: false, result);
        else
            replica.Waiters.Enqueue(new(sequence, new RemoteChangeOutcome(context, () => keeper.Number, from, change.Id, result)));
        orderer.Settle();
    }

    private string? WhyNot(Replica replica, Orderer orderer, long deadline)
    {
        if (context.Now >= deadline)
            return "it came after its deadline";
        if (!keeper.HasLease)
            return $"{context.Self} has no lease of view {keeper.Number}";
        if (!orderer.IsCurrent)
            return "the log is being rolled forward";
        if (orderer.Aside.IsUndecided)
            return $"{context.Self} has set its copy aside, and looks for a host that has the content";
        return orderer.HasRoom ? null : $"{replica.Log.Bytes} bytes are ordered and not stable";
    }

    /// <summary>A session's numbers go up only, and a number that is then refused is remembered too.</summary>
    /// <returns>The deadline by this host's clock.</returns>
    private long Admit(HostId from, HostMessage.Change change, SessionNumbers numbers)
    {
        var latest = context.Now + context.Options.ChangeTimeMax;
        var deadline = heartbeats.Of(from).ClockOffset is { } offset && change.Deadline != AisTime.End
            ? Math.Min(Saturating.Add(change.Deadline, offset), latest)
            : latest;
        _numbers[(change.Session, change.Incarnation)] = new SessionNumbers(change.Number, Math.Max(numbers.Deadline, deadline));
        return deadline;
    }

    /// <param name="ordered">Filled when an incarnation is first asked for: a log is walked once, however many changes are asked for.</param>
    private Fate FateOf(ChangeKey key, Dictionary<IncarnationId, HashSet<(SessionId Writer, ulong Number)>> ordered)
    {
        if (!_numbers.TryGetValue((key.Session, key.Incarnation), out var numbers) || numbers.Last < key.Number)
            return Fate.NotExecuted;
        if (!ordered.TryGetValue(key.Incarnation, out var pending))
            ordered.Add(key.Incarnation, pending = replicas.Find(key.Incarnation) is { } replica ? [.. PendingOf(replica)] : []);
        return pending.Contains((key.Session, key.Number)) ? Fate.Ordered : Fate.Unknown;
    }

    private static IEnumerable<(SessionId Writer, ulong Number)> PendingOf(Replica replica)
    {
        for (var sequence = Math.Max(replica.Log.First, replica.Mark + 1); sequence <= replica.Log.End; sequence++)
            if (replica.Log[sequence].Body is LogBody.Content content)
                yield return (content.Writer, content.Number);
    }

    private void Answer(HostId to, HostMessage.Change change, bool wasMoved, ContentResult result) =>
        context.Send(to, new HostMessage.ChangeAnswer(keeper.Number, change.Id, wasMoved, result));

    /// <param name="Deadline">The latest of all; nothing of the session can be executed after it.</param>
    private readonly record struct SessionNumbers(ulong Last, long Deadline);
}
