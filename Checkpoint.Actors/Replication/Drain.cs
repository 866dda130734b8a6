using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// A graceful leave: every orderer of this host goes to a full host of the view, the names spread over them. What nobody else holds whole waits until
/// a living host has been filled: its content would end with this host.
/// </summary>
internal sealed class Drain(
    MachineContext context, ViewKeeper keeper, Heartbeats heartbeats, Replicas replicas, Repeats repeats, ControlExecutor executor, ViewStart recovery)
{
    private readonly List<(ReplicaAgentProtocol.DrainHost Command, object Caller)> _waiting = [];
    private bool _isOn;

    public void Begin(ReplicaAgentProtocol.DrainHost command, object caller)
    {
        _isOn = true;
        _waiting.Add((command, caller));
        Tick();
    }

    public void Tick()
    {
        if (!_isOn)
            return;
        if (!recovery.IsStarted && keeper.Current is not null)
        {
            Answer(AisStatus.Timeout, $"view {keeper.Number} has not started, so nobody orders", all: false);
            return;
        }

        var (left, lonely) = (0, 0);
        var isAlone = !keeper.Up.Any(host => host != context.Self && heartbeats.IsHeard(host));
        foreach (var replica in replicas.All.Where(replica => replica.Orderer is not null).ToArray())
        {
            if (replica.Orderer!.Aside.IsUndecided)
            {
                left++; // It is about to hand itself over to a host that has the content, or to learn that none has.
            }
            else if (Heir(replica) is { } heir)
            {
                left++;
                executor.HandOver(replica, heir, makesActive: false);
            }
            else if (!isAlone)
            {
                lonely++;
            }
        }

        if (left + lonely == 0 && repeats.IsEmpty)
            Answer(AisStatus.Ok, null, all: true);
        else
            Answer(AisStatus.Timeout, $"{left} checkpoints are still ordered here, and {lonely} are held whole by no other host yet", all: false);
    }

    /// <summary>When nobody waits any more the drain is over: what comes back later is the view's business.</summary>
    private void Answer(AisStatus status, string? reason, bool all)
    {
        foreach (var waiting in _waiting.Where(waiting => all || context.Now >= waiting.Command.Deadline).ToArray())
        {
            _waiting.Remove(waiting);
            context.Reply(waiting.Caller, new ReplicaAgentProtocol.Done(waiting.Command.Number, status, reason));
        }

        _isOn = _waiting.Count > 0;
    }

    private HostId? Heir(Replica replica)
    {
        var heirs = replica.FullHosts
            .Where(host => host != context.Self && keeper.Current!.Contains(host) && heartbeats.IsHeard(host)
                && (replica.IsSetAside || !replica.Orderer!.Aside.IsKnownAt(host)))
            .Order()
            .ToArray();
        return heirs.Length == 0 ? null : heirs[(int)((uint)replica.State.Name.GetHashCode() % (uint)heirs.Length)];
    }
}
