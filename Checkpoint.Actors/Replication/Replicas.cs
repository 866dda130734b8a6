using Checkpoint.Actors.Content;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>Every incarnation that this host knows in the present view, and the one place where what is in a log and stable is applied.</summary>
internal sealed class Replicas(MachineContext context, MapCapacity? map)
{
    private readonly Dictionary<IncarnationId, Replica> _all = [];
    private readonly Dictionary<CheckpointName, List<Replica>> _byName = [];

    public IReadOnlyCollection<Replica> All => _all.Values;

    /// <summary>Those that have something under way which time may move on.</summary>
    public HashSet<Replica> Busy { get; } = [];

    public Tombstones Dropped { get; } = new(context);

    /// <summary>Bytes of data and logs, exact at each heartbeat and an upper bound in between.</summary>
    public long BytesUsed { get; private set; }

    /// <summary>Told of every entry of a log as it is applied: for those who judge.</summary>
    public Action<Replica, LogEntry>? Applied { get; set; }

    /// <summary>A hand-over that acts has become stable here.</summary>
    public Action<Replica, LogEntry> HandedOver { get; set; } = (_, _) => { };

    /// <summary>The deletion has become stable here, and the replica is gone.</summary>
    public Action<Replica, bool> Deleted { get; set; } = (_, _) => { };

    /// <summary>The mark moved, so reads that waited for it may be served.</summary>
    public Action<Replica> MarkMoved { get; set; } = _ => { };

    /// <summary>What looked at the content of the replica in slices has been stopped.</summary>
    public Action<Replica> Stopped { get; set; } = _ => { };

    /// <summary>The replica is gone; what its own host still has under way for it has to be answered.</summary>
    public Action<Replica> Gone { get; set; } = _ => { };

    public Replica? Find(IncarnationId id) => _all.GetValueOrDefault(id);

    /// <summary>The incarnations of one name, deleted ones too as long as they are here. Their number is small: the linked one, and unlinked ones still open.</summary>
    public IReadOnlyList<Replica> Named(CheckpointName name) => _byName.TryGetValue(name, out var named) ? named : [];

    public Replica Add(IncarnationState state)
    {
        var replica = new Replica(state) { StepWorkMax = context.Options.StepWorkMax };
        _all.Add(replica.Id, replica);
        if (_byName.TryGetValue(replica.Name, out var named))
            named.Add(replica);
        else
            _byName.Add(replica.Name, [replica]);
        return replica;
    }

    /// <summary>A new incarnation, full from its first update on.</summary>
    public Replica Create(IncarnationState state, IEnumerable<HostId> fullHosts)
    {
        var replica = Add(state);
        replica.Stage = ReplicaStage.Full;
        replica.FullHosts.UnionWith(fullHosts);
        Hold(replica, share => new SectionTable(state.Attributes, state.CreationTime, share));
        return replica;
    }

    /// <summary>A table comes into being; where it cannot, the replica is set aside.</summary>
    public void Hold(Replica replica, Func<MapShare?, SectionTable> make)
    {
        MapShare? share = null;
        try
        {
            share = Share(replica.State);
            replica.Hold(make(share));
        }
        catch (Exception e) when (e is not BrokenOrderException)
        {
            share?.Release();
            SetAside(replica, replica.Mark, SetAsideText.Of(e));
        }
    }

    /// <summary>The next entry of the order is here, for good; what cannot take in its content is set aside.</summary>
    public void Append(Replica replica, LogEntry entry)
    {
        replica.Append(entry);
        try
        {
            if (entry.Body is LogBody.Content content)
                context.Options.ContentFault?.Invoke(ContentStep.TakeIn, replica.Name, content.Op);
            replica.TakeIn(entry);
        }
        catch (Exception e) when (e is not BrokenOrderException)
        {
            SetAside(replica, entry.Sequence, SetAsideText.Of(e));
        }
    }

    /// <summary>
    /// The content of this copy cannot be used any more; log, control state, hand-over and deletion go on. Every host decides it for itself, so
    /// that one that fails alone takes nothing from the others.
    /// </summary>
    /// <param name="sequence">The update that could not be taken in or applied.</param>
    public void SetAside(Replica replica, long sequence, string why)
    {
        if (replica.IsSetAside)
            return;
        replica.SetAside(sequence);
        Stopped(replica);
        TellSetAside(replica, why);
    }

    public void TellSetAside(Replica replica, string why)
    {
        context.Log(
            MachineOutput.LogLevel.Error, $"{replica.Name}, incarnation {replica.Id}, is set aside here at update {replica.SetAsideAt}: {why}");
        context.Out(new MachineOutput.Map(new SectionMapProtocol.Dropped(replica.Id)));
        foreach (var tracker in replica.Trackers)
            context.Out(new MachineOutput.Push(tracker, new ReplicaAgentProtocol.Gone(replica.Id)));
        replica.Trackers.Clear();
        if (replica.Orderer is not null)
            Busy.Add(replica);
    }

    /// <summary>One call could not be worked on, and nothing has changed of it: it is answered LIBRARY.</summary>
    /// <returns>The reason to answer with.</returns>
    public string CallFailed(Replica replica, string what, Exception e)
    {
        var text = $"{what} of {replica.Name} failed: {SetAsideText.Of(e)}";
        if (!replica.HasFailedCall)
            context.Log(MachineOutput.LogLevel.Error, $"{text} (incarnation {replica.Id}; later ones are not logged)");
        replica.HasFailedCall = true;
        return text;
    }

    /// <summary>Those who wait for what is stable by now. Not while it is open whether any host has the content of it.</summary>
    public void TellWaiters(Replica replica)
    {
        if (replica.Orderer is { Aside.IsUndecided: true })
            return;
        var isLost = replica.Orderer is { Aside.IsForAll: true };
        while (replica.Waiters.TryPeek(out var waiter) && waiter.Sequence <= replica.Mark)
        {
            replica.Waiters.Dequeue();
            if (isLost)
                waiter.Outcome.Lost(SetAsideText.Result(replica));
            else
                waiter.Outcome.Stable();
        }
    }

    /// <summary>This copy does not count any more: what its log had beyond the others' never becomes stable.</summary>
    public static void EndWaiters(Replica replica, string why)
    {
        while (replica.Waiters.TryDequeue(out var waiter))
            waiter.Outcome.Unknown(why);
    }

    public MapShare? Share(IncarnationState state) => map is null ? null : new MapShare(map, state.Incarnation, state.Attributes);

    public void Count(LogEntry entry) => BytesUsed += entry.Bytes * 2; // In the log, and soon in the table.

    public void Recount()
    {
        BytesUsed = 0;
        foreach (var replica in _all.Values)
            BytesUsed += replica.FootprintBytes;
    }

    public bool IsFullForAll()
    {
        foreach (var replica in _all.Values)
            if (!replica.IsFull)
                return false;
        return true;
    }

    /// <summary>
    /// Everything up to <paramref name="mark"/> is stable: applied in order, told to trackers, the map and those who wait. A large update is
    /// applied in slices, and what comes after it when that is done.
    /// </summary>
    public void Advance(Replica replica, long mark)
    {
        mark = Math.Min(mark, replica.Log.End);
        if (replica.Table is null || mark <= replica.Mark)
            return;
        replica.StableTo = Math.Max(replica.StableTo, mark);
        if (replica.Job is null)
            GoOn(replica);
    }

    /// <summary>A job of the replica has ended that was no update: whoever waited for it goes on.</summary>
    public void OnJobEnded(Replica replica)
    {
        if (replica.Job is null && Find(replica.Id) == replica)
            GoOn(replica);
    }

    private void GoOn(Replica replica)
    {
        for (var work = context.Options.SliceWork; replica.Job is null && replica.Mark < replica.StableTo;)
        {
            var entry = replica.Log[replica.Mark + 1];
            if (work <= 0)
                context.Jobs.Begin(replica.Job = new AdvanceJob(replica, OnJobEnded));
            else if (!BeginLarge(replica, entry) && TakeEffect(replica, entry, null))
                return;
            work -= ContentWork.Of(entry.Body is LogBody.Content content ? content.Op : null);
        }

        TellWaiters(replica); // After a hand-over they hear what they could not before.
        replica.Log.Truncate(Math.Min(replica.Mark, replica.Orderer?.RetainAbove ?? long.MaxValue));
        replica.Orderer?.OnMarkMoved();
        MarkMoved(replica);
    }

    /// <returns>False when it may be applied in one step.</returns>
    private bool BeginLarge(Replica replica, LogEntry entry)
    {
        if (entry.Body is not LogBody.Content { Op: ContentOp.Write or ContentOp.Overwrite or ContentOp.CreateSection } content
            || replica.IsSetAside || ContentWork.Of(content.Op) <= context.Options.StepWorkMax)
            return false;
        var update = replica.Table!.Begin(content.Op, entry.Sequence, entry.Time);
        replica.Job = new ApplyJob(replica, update, context.Options.SliceWork, failure =>
        {
            if (failure is not null)
                SetAside(replica, entry.Sequence, SetAsideText.Of(failure));
            if (!TakeEffect(replica, entry, failure is null ? update : null))
                GoOn(replica);
        });
        context.Jobs.Begin(replica.Job);
        return true;
    }

    /// <param name="made">Set when it was applied in slices.</param>
    /// <returns>True when the replica is gone.</returns>
    private bool TakeEffect(Replica replica, LogEntry entry, TableUpdate? made)
    {
        replica.Mark++;
        Apply(replica, entry, made);
        Applied?.Invoke(replica, entry);
        TellWaiters(replica);
        return entry.Sequence > replica.StartEnd && Act(replica, entry);
    }

    /// <summary>Forgets an incarnation.</summary>
    /// <param name="isForGood">Deleted or lost, rather than to be told anew by START.</param>
    public void Drop(Replica replica, bool isForGood)
    {
        if (_all.Remove(replica.Id))
            RemoveName(replica);
        Busy.Remove(replica);
        if (isForGood)
            Dropped.Add(replica.Id);
        foreach (var tracker in replica.Trackers)
            context.Out(new MachineOutput.Push(tracker, new ReplicaAgentProtocol.Gone(replica.Id)));
        context.Out(new MachineOutput.Map(new SectionMapProtocol.Dropped(replica.Id)));
        replica.StopJob();
        replica.Table?.Release();
        replica.Orderer = null;
        EndWaiters(replica, "the checkpoint is gone");
        Gone(replica);
    }

    /// <summary>
    /// Gives the whole table to the map. What a fill that was thrown away had left there goes first, since it may have pages that are
    /// deleted by now; without any the Dropped does nothing.
    /// </summary>
    public void ShowAll(Replica replica)
    {
        context.Out(new MachineOutput.Map(new SectionMapProtocol.Dropped(replica.Id)));
        if (replica.Table is { } table && table.AllPages() is { Count: > 0 } pages)
            context.Out(new MachineOutput.Map(
                new SectionMapProtocol.PagesChanged(replica.Id, replica.State.Attributes, table.Sequence, pages)));
    }

    private void RemoveName(Replica replica)
    {
        var named = _byName[replica.Name];
        named.Remove(replica);
        if (named.Count == 0)
            _byName.Remove(replica.Name);
    }

    private void Apply(Replica replica, LogEntry entry, TableUpdate? made)
    {
        if (entry.Body is not LogBody.Content content || replica.IsSetAside)
        {
            Advance(replica, replica.Table!, entry);
            return;
        }

        try
        {
            context.Options.ContentFault?.Invoke(ContentStep.Apply, replica.Name, content.Op);
            Apply(replica, replica.Table!, entry, content, made);
        }
        catch (Exception e) when (e is not BrokenOrderException)
        {
            SetAside(replica, entry.Sequence, SetAsideText.Of(e));
        }
    }

    private void Apply(Replica replica, SectionTable table, LogEntry entry, LogBody.Content content, TableUpdate? made)
    {
        var pages = made?.Pages ?? [];
        var changes = made?.Changes ?? table.Apply(content.Op, entry.Sequence, entry.Time, pages);
        replica.Pending!.Remove(entry.Sequence);
        if (pages.Count > 0)
            context.Out(new MachineOutput.Map(
                new SectionMapProtocol.PagesChanged(replica.Id, replica.State.Attributes, entry.Sequence, pages)));
        if (changes.Count == 0)
            return;
        foreach (var tracker in replica.Trackers)
            context.Out(new MachineOutput.Push(
                tracker, new ReplicaAgentProtocol.Update(replica.Id, entry.Sequence, content.Writer, content.Handle, changes)));
    }

    private void Advance(Replica replica, SectionTable table, LogEntry entry)
    {
        table.Advance(entry.Sequence);
        if (entry.Body is LogBody.Created)
            ShowAll(replica); // The default section.
    }

    /// <returns>True when the replica is gone.</returns>
    private bool Act(Replica replica, LogEntry entry)
    {
        switch (entry.Body)
        {
            case LogBody.HandOver:
                HandedOver(replica, entry);
                return false;
            case LogBody.Deleted:
                var wasOrdered = replica.Orderer is not null;
                Drop(replica, isForGood: true);
                Deleted(replica, wasOrdered);
                return true;
            default:
                return false;
        }
    }
}
