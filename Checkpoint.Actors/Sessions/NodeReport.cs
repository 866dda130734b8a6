using Akka.Cluster;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>What an operator sees of a host, out of what its agent, its registry and the cluster's gossip know.</summary>
internal sealed class NodeReport(SessionSetup setup, ReplicaAgentProtocol.AgentStatus status, SessionRegistry.Nodes nodes)
{
    public SessionProtocol.NodeStatus NodeStatus(ClusterEvent.CurrentClusterState cluster) => new(
        setup.Node.NodeName,
        setup.Node.Self,
        status.ViewNumber,
        status.Serving,
        setup.Settings.Journal,
        status.JournalAway,
        cluster.Members.Select(member => Row(member, cluster)).OrderBy(row => row.NodeName, StringComparer.Ordinal).ToList(),
        nodes.Sessions,
        status.Incarnations.Count,
        status.BytesUsed,
        status.BytesMax);

    public SessionProtocol.CheckpointList List() => new(status.Incarnations
        .OrderBy(held => held.Name.ToString(), StringComparer.Ordinal)
        .Select(held => new SessionProtocol.CheckpointRow(
            held.Name, held.Incarnation, held.Unlinked, held.Attributes.Flags, held.Sections, held.BytesUsed, NameOf(held.Orderer), held.IsSetAside))
        .ToList());

    /// <summary>The one that the name leads to, else one that lives on unlinked.</summary>
    public ReplicaAgentProtocol.IncarnationStatus? Find(CheckpointName name) =>
        status.Incarnations.Where(held => held.Name.Equals(name)).OrderBy(held => held.Unlinked).FirstOrDefault();

    public SessionProtocol.CheckpointDetail Detail(CheckpointName name, CheckpointProtocol.Described described)
    {
        var held = status.Incarnations.FirstOrDefault(incarnation => incarnation.Incarnation == described.Incarnation);
        var replicas = held?.ReplicaHosts ?? [];
        return new SessionProtocol.CheckpointDetail(
            name,
            described.Incarnation,
            described.CreationTime,
            described.Attributes,
            described.RetentionDuration,
            held?.BytesUsed ?? 0,
            described.Openers.Count,
            described.Openers.Count(opener => opener.Flags.HasFlag(OpenFlags.Read)),
            described.Openers.Count(opener => opener.Flags.HasFlag(OpenFlags.Write)),
            replicas.Count,
            held?.Sections ?? 0,
            held?.CorruptSections ?? 0,
            held?.Position ?? 0,
            held is null ? "" : NameOf(held.Orderer),
            held?.IsSetAside ?? false,
            replicas.Select(host => new SessionProtocol.ReplicaRow(NameOf(host), host == held?.Active, IsFull: true)).ToList());
    }

    private SessionProtocol.NodeRow Row(Member member, ClusterEvent.CurrentClusterState cluster)
    {
        var host = MemberHost.Of(member.UniqueAddress);
        var isDown = member.Status is MemberStatus.Down or MemberStatus.Removed;
        var reachability = isDown ? "left-out" : cluster.Unreachable.Contains(member) ? "unreachable" : "reachable";
        return new SessionProtocol.NodeRow(
            NameOf(host),
            host,
            member.Status.ToString(),
            reachability,
            status.ViewHosts.Contains(host),
            status.Incarnations.Count(held => held.Orderer == host));
    }

    /// <summary>By its address while it has not introduced itself.</summary>
    private string NameOf(HostId host) => nodes.Names.TryGetValue(host, out var name) ? name : host.Address;
}
