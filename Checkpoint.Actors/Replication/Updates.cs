using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>What a host does with updates, hand-overs, deletions and fills that an orderer sends it, within one view and after its START.</summary>
internal sealed class Updates(MachineContext context, ViewKeeper keeper, Replicas replicas, Repeats repeats)
{
    private readonly Dictionary<HostId, long> _received = [];

    /// <summary>This host orders now, or does no longer, or another one does: changes that were held may go.</summary>
    public Action<Replica> OrdererChanged { get; set; } = _ => { };

    /// <summary>Bytes taken from that orderer's host in this view.</summary>
    public long ReceivedFrom(HostId host) => _received.GetValueOrDefault(host);

    public void OnAdopted()
    {
        _received.Clear();
        repeats.Clear();
    }

    public void OnAppend(HostId from, HostMessage.Append append)
    {
        if ((replicas.Find(append.Incarnation) ?? Create(from, append)) is not { } replica)
            return;
        if (!IsFromOrderer(replica, from, append) || replica.Stage == ReplicaStage.Absent)
            return;

        var hasGap = false;
        foreach (var entry in append.Entries)
        {
            hasGap |= entry.Sequence > replica.Log.End + 1;
            if (entry.Sequence == replica.Log.End + 1)
                Take(replica, from, entry);
        }

        if (replica.Fill is { } fill)
            fill.Mark = Math.Max(fill.Mark, append.Mark);
        replicas.Advance(replica, append.Mark);
        context.Send(from, new HostMessage.Ack(
            append.View, append.Incarnation, append.Tenure, replica.Log.End, Math.Min(replica.Mark, replica.Log.End), hasGap, replica.IsSetAside));
    }

    public void OnHandedOver(HostId from, HostMessage.HandedOver over)
    {
        if (replicas.Find(over.Incarnation) is { } replica && replica.Tenure < over.Sequence)
        {
            if (replica.IsFull)
            {
                replicas.Advance(replica, over.Sequence); // Has it: it is stable.
            }
            else
            {
                Switch(replica, over.Sequence, over.To, replica.State.After(new LogBody.HandOver(over.To, over.MakesActive)));
                OrdererChanged(replica);
            }
        }

        context.Send(from, new HostMessage.HandedOverAck(over.View, over.Incarnation, over.Sequence));
    }

    public void OnDrop(HostId from, HostMessage.Drop drop)
    {
        if (replicas.Find(drop.Incarnation) is { } replica)
            replicas.Drop(replica, isForGood: true);
        replicas.Dropped.Add(drop.Incarnation);
        context.Send(from, new HostMessage.DropAck(drop.View, drop.Incarnation));
    }

    /// <summary>The hand-over is stable here. The old orderer tells everybody; the new one begins.</summary>
    public void OnHandOverStable(Replica replica, LogEntry entry)
    {
        var over = (LogBody.HandOver)entry.Body;
        var wasOrdered = replica.Orderer is not null;
        var full = replica.FullHosts.Where(keeper.Current!.Contains).Select(host => new FullHost(host, entry.Sequence)).ToArray();
        Switch(replica, entry.Sequence, over.To, replica.State);
        if (wasOrdered)
            repeats.Begin(
                replica.Id,
                entry.Sequence,
                keeper.Current!.Hosts,
                new HostMessage.HandedOver(keeper.Number, replica.Id, entry.Sequence, over.To, over.MakesActive),
                () => HandOverConfirmed(replica.Id, entry.Sequence));
        if (over.To == context.Self)
        {
            // The others may not know yet that the hand-over is stable: the first tick tells them.
            replica.Orderer = new Orderer(context, replicas, replica, keeper.Number, full, null, markKnown: 0);
            replicas.Busy.Add(replica);
        }

        OrdererChanged(replica);
    }

    /// <summary>Told when every host of the view knows of a hand-over that this host ordered.</summary>
    public Action<IncarnationId, long> HandOverConfirmed { get; set; } = (_, _) => { };

    /// <summary>Told when no host of the view has an incarnation any more that was ordered here.</summary>
    public Action<IncarnationId> DropConfirmed { get; set; } = _ => { };

    public void OnDeleted(Replica replica, bool wasOrdered)
    {
        if (wasOrdered)
            repeats.Begin(replica.Id, 0, keeper.Current!.Hosts, new HostMessage.Drop(keeper.Number, replica.Id), () => DropConfirmed(replica.Id));
    }

    public void OnFillStart(HostId from, HostMessage.FillStart start)
    {
        if (replicas.Dropped.Contains(start.Incarnation))
            return;
        var replica = replicas.Find(start.Incarnation) ?? replicas.Add(start.State);
        if (replica.IsFull || start.Tenure < replica.Tenure)
            return;
        if (replica.Fill?.Id != start.Fill)
        {
            replica.Empty();
            (replica.State, replica.OrdererHost, replica.Tenure) = (start.State, from, start.Tenure);
            replica.Fill = new FillTarget(start.Fill, start.State.Attributes, start.Sequence);
            replica.FullHosts.UnionWith(start.FullHosts.Where(host => host != context.Self));
            replica.Stage = ReplicaStage.Filling;
            replica.Log.Reset(start.Sequence);
            replica.Mark = start.Sequence;
            if (start.IsSetAside)
                SetAside(replica, replica.Fill, $"{from} has no content of it to fill this host with");
        }

        AckFill(from, replica, start.View);
    }

    public void OnFillPiece(HostId from, HostMessage.FillPiece piece)
    {
        if (replicas.Find(piece.Incarnation) is not { Fill: { } fill } replica || fill.Id != piece.Fill || replica.OrdererHost != from)
            return;
        if (Take(replica, fill, piece) is { } build)
        {
            replicas.Hold(replica, build);
            replicas.ShowAll(replica);
            replicas.Advance(replica, fill.Mark);
            BecomeFull(replica);
        }

        AckFill(from, replica, piece.View);
    }

    /// <summary>
    /// A piece that cannot be taken ends the filling: asked for again it would be the same. The copy counts for the log, without content, and
    /// the next view fills it anew.
    /// </summary>
    private Func<Map.MapShare?, Content.SectionTable>? Take(Replica replica, FillTarget fill, HostMessage.FillPiece piece)
    {
        try
        {
            context.Options.ContentFault?.Invoke(ContentStep.Fill, replica.Name, null);
            return fill.Take(piece.Index, piece.IsLast, piece.Piece);
        }
        catch (Exception e)
        {
            SetAside(replica, fill, SetAsideText.Of(e));
            return null;
        }
    }

    private void SetAside(Replica replica, FillTarget fill, string why)
    {
        replicas.SetAside(replica, replica.Mark, why);
        replicas.Advance(replica, fill.Mark);
        BecomeFull(replica);
    }

    public void OnFetch(HostId from, HostMessage.Fetch fetch)
    {
        if (replicas.Find(fetch.Incarnation) is { IsFull: true } replica && fetch.From >= replica.Log.First && fetch.From <= replica.Log.End)
            context.Send(from, new HostMessage.Fetched(fetch.View, fetch.Incarnation, replica.Log.Slice(fetch.From, context.Options.RoundBytesMax)));
    }

    /// <summary>
    /// An update is taken from the orderer that START or a hand-over <em>in the log</em> names. That the new orderer sends at all says that the
    /// hand-over is stable.
    /// </summary>
    private bool IsFromOrderer(Replica replica, HostId from, HostMessage.Append append)
    {
        if (append.Tenure == replica.Tenure)
            return from == replica.OrdererHost;
        if (append.Tenure < replica.Tenure || !replica.IsFull || append.Tenure > replica.Log.End || append.Tenure < replica.Log.First)
            return false;
        var entry = replica.Log[append.Tenure];
        if (entry.Body is not LogBody.HandOver over || over.To != from || entry.View != append.View)
            return false;
        replicas.Advance(replica, append.Tenure);
        return replica.Tenure == append.Tenure;
    }

    private void Take(Replica replica, HostId from, LogEntry entry)
    {
        replicas.Append(replica, entry);
        replicas.Count(entry);
        _received[from] = _received.GetValueOrDefault(from) + entry.Bytes;
        BecomeFull(replica);
    }

    /// <summary>The own log says whether a host is full: the entry that says so is there, and with it everything before it.</summary>
    private void BecomeFull(Replica replica)
    {
        if (replica.Stage != ReplicaStage.Filling || replica.Table is null || !replica.FullHosts.Contains(context.Self))
            return;
        replica.Stage = ReplicaStage.Full;
        replica.Fill = null;
        OrdererChanged(replica);
    }

    private Replica? Create(HostId from, HostMessage.Append append)
    {
        if (replicas.Dropped.Contains(append.Incarnation) || append.Tenure != 0)
            return null;
        if (append.Entries is not [{ Sequence: 1, Body: LogBody.Created created } first, ..])
        {
            // The first update was lost on the way: ask for it.
            context.Send(from, new HostMessage.Ack(append.View, append.Incarnation, append.Tenure, 0, 0, true, false));
            return null;
        }

        if (first.View != append.View || created.State.NamedOrderer != from)
            return null;
        return replicas.Create(created.State, keeper.Current!.Hosts);
    }

    private void Switch(Replica replica, long tenure, HostId to, IncarnationState state)
    {
        if (!replica.IsFull)
            replica.Empty(); // The new orderer begins the filling again.
        (replica.Tenure, replica.OrdererHost, replica.State, replica.Orderer) = (tenure, to, state, null);
    }

    private void AckFill(HostId from, Replica replica, long view) => context.Send(
        from, new HostMessage.FillAck(view, replica.Id, replica.Fill?.Id ?? 0, replica.Fill?.Taken ?? 0, replica.Fill?.IsComplete ?? false));
}
