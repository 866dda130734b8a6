using Akka.Actor;
using Akka.Cluster;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;
using static Akka.Cluster.ClusterEvent;

namespace Checkpoint.Actors.Replication;

/// <summary>Turns cluster gossip's membership and reachability events into the machine's inputs.</summary>
public sealed class ClusterWatch(Cluster cluster)
{
    private const string Role = "checkpoint";

    private readonly Dictionary<HostId, Member> _members = [];
    private readonly HashSet<HostId> _unreachable = [];

    public void Subscribe(IActorRef agent) => cluster.Subscribe(
        agent, SubscriptionInitialStateMode.InitialStateAsEvents, typeof(IMemberEvent), typeof(IReachabilityEvent));

    public void Unsubscribe(IActorRef agent) => cluster.Unsubscribe(agent);

    /// <summary>The run that gossip has at this address, or null.</summary>
    public HostId? At(string address) => _members.Keys.FirstOrDefault(host => host.Address == address);

    public IEnumerable<MachineInput> Inputs(IClusterDomainEvent change)
    {
        switch (change)
        {
            case MemberRemoved removed:
                return OnRemoved(removed);
            case IMemberEvent member when member.Member.HasRole(Role):
                _members[HostIds.Of(member.Member.UniqueAddress)] = member.Member;
                return [Membership()];
            case UnreachableMember lost when lost.Member.HasRole(Role):
                _unreachable.Add(HostIds.Of(lost.Member.UniqueAddress));
                return [Membership()];
            case ReachableMember found when found.Member.HasRole(Role):
                _unreachable.Remove(HostIds.Of(found.Member.UniqueAddress));
                return [Membership()];
            default:
                return [];
        }
    }

    private IEnumerable<MachineInput> OnRemoved(MemberRemoved removed)
    {
        var host = HostIds.Of(removed.Member.UniqueAddress);
        _members.Remove(host);

        // Removed after Exiting and reachable to the end: it left by itself. One that vanished on its way out is only gone from gossip.
        if (!_unreachable.Remove(host) && removed.PreviousStatus == MemberStatus.Exiting)
            yield return new MachineInput.Left(host);
        yield return Membership();
    }

    private MachineInput.Membership Membership() => new(
        [.. _members.Where(member => member.Value.Status == MemberStatus.Up).Select(member => member.Key)],
        [.. _unreachable]);
}
