using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>A graceful leave: every orderer of this host goes to a full host of the view, the names spread over them.</summary>
internal sealed class Drain(MachineContext context, ViewKeeper keeper, Heartbeats heartbeats, Replicas replicas, Repeats repeats, ControlExecutor executor)
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
        var left = 0;
        foreach (var replica in replicas.All.Where(replica => replica.Orderer is not null).ToArray())
        {
            if (Heir(replica) is not { } heir)
                continue; // Nobody else has it: nothing to hand over.
            left++;
            executor.HandOver(replica, heir, makesActive: false);
        }

        if (left == 0 && repeats.IsEmpty)
            Answer(AisStatus.Ok, null, all: true);
        else
            Answer(AisStatus.Timeout, $"{left} checkpoints are still ordered here", all: false);
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
            .Where(host => host != context.Self && keeper.Current!.Contains(host) && heartbeats.IsHeard(host))
            .Order()
            .ToArray();
        return heirs.Length == 0 ? null : heirs[(int)((uint)replica.State.Name.GetHashCode() % (uint)heirs.Length)];
    }
}
