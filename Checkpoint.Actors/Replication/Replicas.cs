using Checkpoint.Actors.Content;
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

    /// <summary>The replica is gone; what its own host still has under way for it has to be answered.</summary>
    public Action<Replica> Gone { get; set; } = _ => { };

    public Replica? Find(IncarnationId id) => _all.GetValueOrDefault(id);

    /// <summary>The incarnations of one name, deleted ones too as long as they are here. Their number is small: the linked one, and unlinked ones still open.</summary>
    public IReadOnlyList<Replica> Named(CheckpointName name) => _byName.TryGetValue(name, out var named) ? named : [];

    public Replica Add(IncarnationState state)
    {
        var replica = new Replica(state);
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
        replica.Hold(new SectionTable(state.Attributes, state.CreationTime, Share(state)));
        return replica;
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

    /// <summary>Everything up to <paramref name="mark"/> is stable: applied in order, told to trackers, the map and those who wait.</summary>
    public void Advance(Replica replica, long mark)
    {
        mark = Math.Min(mark, replica.Log.End);
        if (replica.Table is not { } table || mark <= replica.Mark)
            return;
        while (replica.Mark < mark)
        {
            var entry = replica.Log[replica.Mark + 1];
            replica.Mark++;
            if (entry.Body is LogBody.Content content)
                Apply(replica, table, entry, content);
            else
                Advance(replica, table, entry);
            Applied?.Invoke(replica, entry);
            while (replica.Waiters.TryPeek(out var waiter) && waiter.Sequence <= replica.Mark)
                replica.Waiters.Dequeue().Outcome.Stable();
            if (entry.Sequence > replica.StartEnd && Act(replica, entry))
                return;
        }

        replica.Log.Truncate(Math.Min(replica.Mark, replica.Orderer?.RetainAbove ?? long.MaxValue));
        MarkMoved(replica);
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
        replica.Table?.Release();
        replica.Orderer = null;
        while (replica.Waiters.TryDequeue(out var waiter))
            waiter.Outcome.Unknown("the checkpoint is gone");
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

    private void Apply(Replica replica, SectionTable table, LogEntry entry, LogBody.Content content)
    {
        List<SectionMapProtocol.PageChange> pages = [];
        var changes = table.Apply(content.Op, entry.Sequence, entry.Time, pages);
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
