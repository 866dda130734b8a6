using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>Begins the filling of newcomers for the incarnations that are ordered here, a few at a time for each newcomer.</summary>
internal sealed class Fills(MachineContext context, ViewKeeper keeper, Heartbeats heartbeats, Replicas replicas)
{
    private readonly Dictionary<HostId, int> _underway = [];
    private long _lookAt;

    public void Tick()
    {
        if (context.Now < _lookAt || keeper.Current is not { } view)
            return;
        _lookAt = context.Now + (4 * context.Options.TickInterval);
        _underway.Clear();
        foreach (var replica in replicas.All)
            if (replica.Orderer is { } orderer && orderer.Peers.Count >= view.Hosts.Length - 1)
                Count(orderer);
        foreach (var replica in replicas.All)
            if (!replica.IsPublishing && replica.Orderer is { CanOrder: true, Aside.IsUndecided: false } orderer && orderer.Peers.Count < view.Hosts.Length - 1)
                Begin(view, replica, orderer);
    }

    private void Count(Orderer orderer)
    {
        foreach (var peer in orderer.Peers)
            if (peer.Fill is not null)
                _underway[peer.Host] = _underway.GetValueOrDefault(peer.Host) + 1;
    }

    private void Begin(View view, Replica replica, Orderer orderer)
    {
        Count(orderer);
        foreach (var host in view.Hosts)
        {
            if (orderer.Fills.Knows(host) || !heartbeats.IsHeard(host) || _underway.GetValueOrDefault(host) >= context.Options.FillsMax)
                continue;
            _underway[host] = _underway.GetValueOrDefault(host) + 1;
            orderer.Fills.Begin(host);
            replicas.Busy.Add(replica);
        }
    }
}
