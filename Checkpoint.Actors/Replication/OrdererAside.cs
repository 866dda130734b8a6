using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// What an orderer does whose own host has set its copy aside: it finds out whether another host that counts still has the content.
/// <code>
///   undecided --a host has applied what threw here--> hands over to it
///       '-----every host that counts has set its copy aside--> for all: LIBRARY, until the checkpoint is deleted
/// </code>
/// While it is undecided nobody is told anything final: calls wait, and end in TRY_AGAIN when they have waited long enough.
/// </summary>
internal sealed class OrdererAside(MachineContext context, Replicas replicas, Replica replica, Orderer orderer)
{
    /// <summary>No host that counts, and none that is being filled with content, has it any more.</summary>
    public bool IsForAll => replica.IsSetAside && orderer.Peers.TrueForAll(
        peer => peer.IsFull ? peer.IsSetAside == true : peer.Fill is not { IsSetAside: false });

    public bool IsUndecided => replica.IsSetAside && !IsForAll;

    public bool IsKnownAt(HostId host) => orderer.Peers.Exists(peer => peer.Host == host && peer.IsSetAside == true);

    /// <summary>At each tick, and whenever a host has told how far it is.</summary>
    public void Advance()
    {
        if (!replica.IsSetAside || !orderer.CanOrder)
            return;
        if (Heir() is { } heir)
        {
            // As when its host leaves: of a collocated asynchronous checkpoint an application chooses the active replica anew.
            orderer.Order(new LogBody.HandOver(heir, MakesActive: false));
            orderer.Settle();
            return;
        }

        replicas.TellWaiters(replica);
        foreach (var peer in orderer.Peers)
            if (peer is { IsFull: true, IsSetAside: null } && peer.Acked == peer.Sent && context.Now >= peer.ResendAt)
                orderer.SendMark(peer);
    }

    /// <summary>Computed from the name, so that the checkpoints of a host that fails at many spread over the rest.</summary>
    private HostId? Heir()
    {
        HostId[] heirs =
        [
            .. orderer.Peers.Where(peer => peer is { IsFull: true, IsSetAside: false } && peer.MarkAcked >= replica.SetAsideAt)
                .Select(peer => peer.Host).Order(),
        ];
        return heirs.Length == 0 ? null : heirs[(int)((uint)replica.Name.GetHashCode() % (uint)heirs.Length)];
    }
}
