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
    private long _pruneAt;

    /// <summary>Numbers the change, or says why not. Ok with sequence 0 never comes.</summary>
    /// <returns>The result to answer with, and the sequence; 0 when it was refused.</returns>
    public (ContentResult Result, long Sequence) Order(Replica replica, ContentOp op, SessionId session, ulong handle, ulong number)
    {
        if (replica.IsSetAside)
            return (SetAsideText.Result(replica), 0);
        if (replica.LacksActive)
            return (new(AisStatus.NotExist, $"{replica.State.Name} has no active replica"), 0);
        var (result, concrete) = Judge(replica, op);
        if (concrete is null)
            return (result, 0);
        var orderer = replica.Orderer!;
        var entry = orderer.Order(new LogBody.Content(concrete, session, handle, number));
        quota.Count(entry, orderer);
        return (result, entry.Sequence);
    }

    /// <summary>A check that throws refuses the change: it enters no log, and nothing has changed.</summary>
    private (ContentResult Result, ContentOp? Concrete) Judge(Replica replica, ContentOp op)
    {
        try
        {
            context.Options.ContentFault?.Invoke(ContentStep.Check, replica.Name, op);
            var (result, concrete, growth) = replica.Table!.Check(op, replica.Pending!, context.NextRandom);
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
        if (replica?.Orderer is not { IsClosing: false } orderer || replica.Tenure != change.Tenure)
            Answer(from, change, wasMoved: true, new(AisStatus.TryAgain, "another host orders now"));
        else
            Execute(from, change, replica, orderer, Admit(from, change, numbers));
    }

    /// <summary>This host may have become the one that changes were sent to.</summary>
    public void OnOrdererChanged(Replica replica)
    {
        if (_ahead.Count == 0)
            return;
        var mine = _ahead.Where(pair => pair.Change.Incarnation == replica.Id).ToArray();
        _ahead.RemoveAll(pair => pair.Change.Incarnation == replica.Id);
        foreach (var (from, change) in mine)
            OnChange(from, change);
    }

    public void OnAdopted() => _ahead.Clear();

    /// <summary>What became of changes of earlier views. One that this host has not executed it never will: it refuses what older views send.</summary>
    public void OnInquire(HostId from, HostMessage.Inquire inquire) =>
        context.Send(from, new HostMessage.Fates(keeper.Number, [.. inquire.Changes.Select(key => new ChangeFate(key.Id, FateOf(key)))]));

    public void Tick()
    {
        const long Margin = 5 * AisTime.NanosecondsPerSecond;
        if (context.Now < _pruneAt)
            return;
        _pruneAt = context.Now + AisTime.NanosecondsPerSecond;
        foreach (var (key, numbers) in _numbers.ToArray())
            if (context.Now > numbers.Deadline + Margin)
                _numbers.Remove(key);
    }

    private void Execute(HostId from, HostMessage.Change change, Replica replica, Orderer orderer, long deadline)
    {
        if (context.Now >= deadline)
            Refuse("it came after its deadline");
        else if (!keeper.HasLease)
            Refuse($"{context.Self} has no lease of view {keeper.Number}");
        else if (!orderer.IsCurrent)
            Refuse("the log is being rolled forward");
        else if (orderer.Aside.IsUndecided)
            Refuse($"{context.Self} has set its copy aside, and looks for a host that has the content");
        else if (!orderer.HasRoom)
            Refuse($"{replica.Log.Bytes} bytes are ordered and not stable");
        else
        {
            var (result, sequence) = Order(replica, change.Op, change.Session, change.Handle, change.Number);
            if (sequence == 0 || !replica.IsSynchronous)
                Answer(from, change, wasMoved: false, result);
            else
                replica.Waiters.Enqueue(new(sequence, new RemoteChangeOutcome(context, () => keeper.Number, from, change.Id, result)));
            orderer.Settle();
        }

        void Refuse(string why) => Answer(from, change, wasMoved: false, new(AisStatus.TryAgain, $"nothing was applied: {why}"));
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

    private Fate FateOf(ChangeKey key)
    {
        if (!_numbers.TryGetValue((key.Session, key.Incarnation), out var numbers) || numbers.Last < key.Number)
            return Fate.NotExecuted;
        if (replicas.Find(key.Incarnation) is { } replica)
            for (var sequence = Math.Max(replica.Log.First, replica.Mark + 1); sequence <= replica.Log.End; sequence++)
                if (replica.Log[sequence].Body is LogBody.Content content && content.Writer == key.Session && content.Number == key.Number)
                    return Fate.Ordered;
        return Fate.Unknown;
    }

    private void Answer(HostId to, HostMessage.Change change, bool wasMoved, ContentResult result) =>
        context.Send(to, new HostMessage.ChangeAnswer(keeper.Number, change.Id, wasMoved, result));

    /// <param name="Deadline">The latest of all; nothing of the session can be executed after it.</param>
    private readonly record struct SessionNumbers(ulong Last, long Deadline);
}
