using Checkpoint.Actors.Content;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// Changes that sessions of this host ask for, until they are answered. TRY_AGAIN only for what was sent to nobody.
/// <code>
///   Held --orderer is here--> ordered (log) --stable--> Answered        Held --ParkedMax--> TRY_AGAIN
///    ^ '--orderer elsewhere--> Sent --answer--> Answered                Sent, Ordered --deadline--> TIMEOUT
///    |                          '--new view--> Asked --Ordered--> Ordered
///    '-- moved, or not executed ---------------'  '--unknown, or its host is gone--> TIMEOUT
/// </code>
/// </summary>
internal sealed class Changes(
    MachineContext context, ViewKeeper keeper, Heartbeats heartbeats, Replicas replicas, ViewStart recovery, ChangeExecutor executor)
{
    private readonly Dictionary<ulong, (Replica Replica, PendingChange Change)> _byId = [];
    private readonly HashSet<Replica> _active = [];
    private readonly List<PendingChange> _early = [];
    private int _heldCount;
    private ulong _lastOrder;
    private long _sweepAt;
    private long _inquireAt;

    public void Submit(ReplicaAgentProtocol.Change command, object caller)
    {
        var deadline = Math.Min(command.Deadline, context.Now + context.Options.ChangeTimeMax);
        var change = new PendingChange(command, caller, ++_lastOrder, deadline, Math.Min(deadline, context.Now + context.Options.ParkedMax));
        if (context.Now >= deadline)
            Refuse(change, "it came after its deadline");
        else if (_heldCount + _early.Count >= context.Options.ParkedCountMax)
            Refuse(change, $"{context.Options.ParkedCountMax} changes wait already");
        else if (replicas.Find(command.Incarnation) is { } replica)
            Hold(replica, change);
        else
        {
            _early.Add(change);
            Sort();
        }
    }

    /// <summary>Sends or orders what is held, as far as it may go now; a batch of it in one step.</summary>
    public void Pump(Replica replica) => replica.Outgoing.Turn.Take(context, () => PumpNext(replica));

    private bool PumpNext(Replica replica)
    {
        var outgoing = replica.Outgoing;
        if (!recovery.IsStarted || outgoing.Held.First is not { Value: var first } || replicas.Find(replica.Id) != replica)
            return false;
        if (outgoing.Sent.Count > 0 && outgoing.SentUnder != (keeper.Number, replica.Tenure))
            return false; // What went to the orderer before must have ended first: a session's order.
        if (outgoing.ClosedUnder == (keeper.Number, replica.Tenure))
            return false;
        var isLocal = replica.OrdererHost == context.Self;
        if (isLocal ? replica.Orderer is not { CanOrder: true, HasRoom: true, Aside.IsUndecided: false } || !keeper.HasLease : !heartbeats.IsHeard(replica.OrdererHost))
            return false;
        if (isLocal && ChangeExecutor.MustWait(replica, first.Command.Op))
            return false;
        if (isLocal && ChangeExecutor.IsLong(replica, first.Command.Op))
        {
            executor.Check(replica, first.Command.Op, verdict => OnChecked(replica, first, verdict));
            return false;
        }

        outgoing.Held.RemoveFirst();
        _heldCount--;
        if (isLocal)
            Order(replica, first, null);
        else
            Send(replica, first);
        return true;
    }

    /// <summary>It stayed the first of those held, unless its time is over by now.</summary>
    private void OnChecked(Replica replica, PendingChange change, ContentVerdict verdict)
    {
        if (replica.Outgoing.Held.First?.Value != change || replica.Orderer is not { CanOrder: true, HasRoom: true } || !keeper.HasLease)
            return;
        replica.Outgoing.Held.RemoveFirst();
        _heldCount--;
        Order(replica, change, verdict);
    }

    public void OnAnswer(HostMessage.ChangeAnswer answer)
    {
        if (!_byId.Remove(answer.Id, out var found))
            return;
        var (replica, change) = found;
        replica.Outgoing.Sent.Remove(answer.Id);
        replica.Outgoing.Ordered.Remove(answer.Id);
        if (answer.WasMoved)
            replica.Outgoing.ClosedUnder = replica.Outgoing.SentUnder;
        if (!answer.WasMoved)
            change.Answer(context, answer.Result);
        else if (context.Now < change.HeldUntil)
            Return(replica, [change]);
        else
            Refuse(change, "another host orders now");
        Pump(replica);
    }

    public void OnFates(HostMessage.Fates fates)
    {
        Dictionary<Replica, List<PendingChange>> touched = [];
        foreach (var (id, fate) in fates.Changes)
        {
            if (!_byId.TryGetValue(id, out var found) || found.Change.Stage != ChangeStage.Asked)
                continue;
            if (!touched.TryGetValue(found.Replica, out var back))
                touched.Add(found.Replica, back = []);
            found.Replica.Outgoing.Sent.Remove(id);
            if (fate == Fate.Ordered)
            {
                found.Change.Stage = ChangeStage.Ordered;
                found.Replica.Outgoing.Ordered.Add(id, found.Change);
                continue;
            }

            _byId.Remove(id);
            if (fate == Fate.NotExecuted && context.Now < found.Change.HeldUntil)
                back.Add(found.Change);
            else if (fate == Fate.NotExecuted)
                Refuse(found.Change, "it was not executed before the view changed");
            else
                Unknown(found.Change, "the view changed while it was on its way");
        }

        foreach (var (replica, back) in touched)
        {
            Return(replica, back);
            Pump(replica);
        }
    }

    /// <summary>What was on its way to a host that the new view has is asked for after START; the rest is unknown, for ever.</summary>
    public void OnAdopted(View view)
    {
        foreach (var (id, (replica, change)) in _byId.ToArray())
        {
            if (change.SentTo is not { } host)
                continue;
            if (view.Contains(host))
            {
                if (change.Stage == ChangeStage.Sent)
                    change.Stage = ChangeStage.Asked;
                continue;
            }

            Remove(replica, id);
            Unknown(change, $"{host} is not in view {view.Number}");
        }

        _inquireAt = long.MinValue;
    }

    public void OnStarted()
    {
        Sort();
        Inquire();
        foreach (var replica in _active.ToArray())
            Pump(replica);
    }

    /// <summary>Finds the incarnations of changes that came before START, or before this host had heard of them; without the lease nobody knows.</summary>
    private void Sort()
    {
        if (_early.Count == 0 || !recovery.IsStarted)
            return;
        var early = _early.ToArray();
        _early.Clear();
        foreach (var change in early)
            if (replicas.Find(change.Command.Incarnation) is { } replica)
                Hold(replica, change);
            else if (keeper.HasLease)
                change.Answer(context, new(AisStatus.NotExist, $"view {keeper.Number} has no incarnation {change.Command.Incarnation}"));
            else
                _early.Add(change);
    }

    /// <summary>The incarnation exists no more: what was sent to nobody finds nothing, of the rest nobody knows.</summary>
    public void OnGone(Replica replica)
    {
        _active.Remove(replica);
        foreach (var change in replica.Outgoing.Held)
            change.Answer(context, new(AisStatus.NotExist, "the checkpoint is gone"));
        _heldCount -= replica.Outgoing.Held.Count;
        replica.Outgoing.Held.Clear();
        foreach (var (id, change) in replica.Outgoing.Sent.Concat(replica.Outgoing.Ordered).ToArray())
        {
            Remove(replica, id);
            Unknown(change, "the checkpoint is gone");
        }
    }

    public void Tick()
    {
        Sort();
        foreach (var replica in _active)
            if (replica.Outgoing.Held.Count > 0)
            {
                Pump(replica);
                if (!_active.Contains(replica))
                    break; // Deleted by what became stable; the rest has the next tick.
            }

        if (recovery.IsStarted && context.Now >= _inquireAt)
            Inquire();
        if (context.Now < _sweepAt)
            return;
        _sweepAt = context.Now + (4 * context.Options.TickInterval);
        foreach (var change in _early.Where(IsLate))
            Refuse(change, "no view serves");
        _early.RemoveAll(change => IsLate(change));

        foreach (var replica in _active.ToArray())
            Sweep(replica);
    }

    public void EndAll(string why)
    {
        var refusal = new ContentResult(AisStatus.Unavailable, why);
        foreach (var change in _early)
            change.Answer(context, refusal);
        _early.Clear();
        foreach (var replica in _active)
        {
            foreach (var change in replica.Outgoing.Held)
                change.Answer(context, refusal);
            replica.Outgoing.Held.Clear();
            foreach (var change in replica.Outgoing.Sent.Values.Concat(replica.Outgoing.Ordered.Values))
                Unknown(change, why);
            replica.Outgoing.Sent.Clear();
            replica.Outgoing.Ordered.Clear();
        }

        _byId.Clear();
        _active.Clear();
        _heldCount = 0;
    }

    private bool IsLate(PendingChange change) => context.Now >= change.HeldUntil;

    private void Sweep(Replica replica)
    {
        var outgoing = replica.Outgoing;
        for (var node = outgoing.Held.First; node is not null;)
        {
            var (change, next) = (node.Value, node.Next);
            if (IsLate(change))
            {
                outgoing.Held.Remove(node);
                _heldCount--;
                Refuse(change, $"{replica.OrdererHost} does not take it now");
            }

            node = next;
        }

        foreach (var (id, change) in outgoing.Sent.Concat(outgoing.Ordered).Where(pair => context.Now >= pair.Value.Deadline).ToArray())
        {
            Remove(replica, id);
            Unknown(change, "not stable before its deadline");
        }

        if (outgoing.Count == 0)
            _active.Remove(replica);
    }

    private void Inquire()
    {
        _inquireAt = context.Now + context.Options.Resend;
        foreach (var host in _byId.Values.Where(pair => pair.Change.Stage == ChangeStage.Asked).GroupBy(pair => pair.Change.SentTo!))
            context.Send(host.Key, new HostMessage.Inquire(keeper.Number, [.. host.Select(pair => new ChangeKey(
                pair.Change.Id, pair.Replica.Id, pair.Change.Command.Session, pair.Change.Command.Number))]));
    }

    private void Hold(Replica replica, PendingChange change)
    {
        replica.Outgoing.Held.AddLast(change);
        _heldCount++;
        _active.Add(replica);
        Pump(replica);
    }

    private void Return(Replica replica, IReadOnlyCollection<PendingChange> changes)
    {
        replica.Outgoing.Hold(changes);
        _heldCount += changes.Count;
        _active.Add(replica);
    }

    private void Order(Replica replica, PendingChange change, ContentVerdict? verdict)
    {
        var command = change.Command;
        var (result, sequence) = executor.Order(replica, command.Op, command.Session, command.Handle, command.Number, verdict);
        if (sequence == 0 || !replica.IsSynchronous)
        {
            change.Answer(context, result);
        }
        else
        {
            change.Stage = ChangeStage.Ordered;
            change.SentTo = null;
            change.Id = context.NextId();
            replica.Outgoing.Ordered.Add(change.Id, change);
            replica.Waiters.Enqueue(new(sequence, new LocalChangeOutcome(context, replica, change, result)));
        }

        replica.Orderer?.Settle();
    }

    private void Send(Replica replica, PendingChange change)
    {
        var command = change.Command;
        (change.Stage, change.SentTo, change.Id) = (ChangeStage.Sent, replica.OrdererHost, context.NextId());
        replica.Outgoing.Sent.Add(change.Id, change);
        replica.Outgoing.SentUnder = (keeper.Number, replica.Tenure);
        _byId.Add(change.Id, (replica, change));
        context.Send(replica.OrdererHost, new HostMessage.Change(
            keeper.Number, replica.Id, replica.Tenure, change.Id, command.Session, command.Number, command.Handle, change.Deadline, command.Op));
    }

    private void Remove(Replica replica, ulong id)
    {
        _byId.Remove(id);
        replica.Outgoing.Sent.Remove(id);
        replica.Outgoing.Ordered.Remove(id);
    }

    private void Refuse(PendingChange change, string why) => change.Answer(context, new(AisStatus.TryAgain, $"nothing was applied: {why}"));

    private void Unknown(PendingChange change, string why) => change.Answer(context, new(AisStatus.Timeout, why));
}
