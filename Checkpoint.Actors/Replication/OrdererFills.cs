using Checkpoint.Actors.Content;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// Fills the hosts of the view that hold nothing of the incarnation yet: a frozen state in pieces, every update from then on, and at last the
/// ordered update that says "is full".
/// </summary>
internal sealed class OrdererFills(MachineContext context, Replicas replicas, Replica replica, Orderer orderer, long view)
{
    private int _count;

    /// <summary>Newcomers that are being filled now.</summary>
    public IEnumerable<OrdererPeer> Filling => orderer.Peers.Where(peer => peer.Fill is not null);

    public bool Knows(HostId host) => host == context.Self || orderer.Peers.Exists(peer => peer.Host == host);

    /// <summary>Its "is full" is in the log.</summary>
    public void Count(HostId host)
    {
        var peer = orderer.Peers.Find(candidate => candidate.Host == host)!;
        (peer.IsFull, peer.Fill) = (true, null);
    }

    public void Begin(HostId host)
    {
        var (snapshot, isSetAside) = Snapshot();
        orderer.Peers.Add(new OrdererPeer(host, false, replica.Mark) { Fill = new FillSource(NextId(), snapshot, isSetAside) });
        SendStart(orderer.Peers[^1]);
    }

    public void OnAck(HostId from, HostMessage.FillAck ack)
    {
        if (orderer.Peers.Find(candidate => candidate.Host == from) is not { Fill: { } fill } peer || fill.Id != ack.Fill)
            return;
        fill.IsAccepted = true;
        if (ack.Pieces > fill.Acked)
        {
            fill.Acked = Math.Min(ack.Pieces, fill.Sent);
            fill.ResendAt = context.Now + Patience;
        }

        fill.IsComplete |= ack.IsComplete;
        SendPieces(peer, fill);
        orderer.SendEntries(peer);
        Advance(peer);
    }

    /// <summary>The newcomer's copy stands and it has caught up: from this update on it counts.</summary>
    public void Advance(OrdererPeer peer)
    {
        if (peer.Fill is not { IsComplete: true } || peer.Acked < replica.StableTo || !orderer.CanOrder)
            return;
        orderer.Order(new LogBody.Full(peer.Host));
        orderer.Settle();
    }

    public void Tick()
    {
        foreach (var peer in orderer.Peers.ToArray())
        {
            if (peer.Fill is not { } fill)
                continue;
            if (!fill.IsComplete && context.Now >= fill.ResendAt)
            {
                fill.Sent = fill.Acked;
                if (fill.IsAccepted)
                    SendPieces(peer, fill);
                else
                    SendStart(peer);
            }

            Advance(peer);
        }
    }

    private long NextId() => (replica.Tenure << 20) + ++_count;

    /// <summary>A host that cannot be given the content counts without it: it asks the others, and nobody waits for it.</summary>
    private (TableSnapshot Snapshot, bool IsSetAside) Snapshot()
    {
        try
        {
            context.Options.ContentFault?.Invoke(ContentStep.Snapshot, replica.Name, null);
            return (replica.Table!.Snapshot(), replica.IsSetAside);
        }
        catch (Exception e)
        {
            replicas.CallFailed(replica, "A filling", e);
            return (Empty(replica.Mark), true);
        }
    }

    private byte[]? Encode(OrdererPeer peer, FillSource fill, int index)
    {
        try
        {
            return fill.Snapshot.EncodeChunk(index);
        }
        catch (Exception e)
        {
            replicas.CallFailed(replica, "A filling", e);
            peer.Fill = new FillSource(NextId(), Empty(peer.Acked), isSetAside: true);
            peer.Rewind(context.Now);
            SendStart(peer);
            return null;
        }
    }

    private TableSnapshot Empty(long sequence) => new(replica.State.Attributes, sequence, []);

    private long Patience => context.Options.Resend + (context.Options.FillWindow * ContentLimits.ChunkSizeMaxBytes * context.Options.ResendPerByte);

    private void SendStart(OrdererPeer peer)
    {
        var fill = peer.Fill!;
        fill.ResendAt = context.Now + Patience;
        context.Send(peer.Host, new HostMessage.FillStart(
            view, replica.Id, replica.Tenure, fill.Id, fill.Snapshot.Sequence, replica.State, [.. replica.FullHosts], fill.IsSetAside));
    }

    /// <summary>As far as the window is open: a piece in each step.</summary>
    private void SendPieces(OrdererPeer peer, FillSource fill) => fill.Turn.Take(context, () => SendPiece(peer, fill), batch: 1);

    private bool SendPiece(OrdererPeer peer, FillSource fill)
    {
        var count = fill.IsSetAside ? 0 : fill.Snapshot.ChunkCount;
        if (replica.Orderer != orderer || peer.Fill != fill || fill.Sent >= count || fill.Sent >= fill.Acked + context.Options.FillWindow)
            return false;
        var index = fill.Sent++;
        fill.ResendAt = context.Now + Patience;
        if (Encode(peer, fill, index) is not { } piece)
            return false;
        context.Send(peer.Host, new HostMessage.FillPiece(view, replica.Id, fill.Id, index, index == count - 1, piece));
        return true;
    }
}
