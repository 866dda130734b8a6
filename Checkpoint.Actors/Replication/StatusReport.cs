using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>What this host says of itself to an operator.</summary>
internal static class StatusReport
{
    public static ReplicaAgentProtocol.AgentStatus Make(
        ulong number, ViewKeeper keeper, Heartbeats heartbeats, ViewJournalGate journal, Replicas replicas, ViewStart recovery, MachineOptions options)
    {
        var hosts = keeper.Current?.Hosts ?? [];
        replicas.Recount();
        return new ReplicaAgentProtocol.AgentStatus(
            number,
            keeper.Number,
            hosts,
            recovery.IsStarted && keeper.HasLease,
            journal.IsAway,
            [.. hosts.Where(host => !heartbeats.IsHeard(host))],
            [.. replicas.All.Select(Of)],
            replicas.BytesUsed,
            options.BytesMax);
    }

    private static ReplicaAgentProtocol.IncarnationStatus Of(Replica replica)
    {
        var state = replica.State;
        HostId? active = replica.IsSynchronous ? null : replica.IsCollocated ? state.Active : replica.OrdererHost;
        return new ReplicaAgentProtocol.IncarnationStatus(
            replica.Id,
            state.Name,
            state.Attributes,
            state.CreationTime,
            state.RetentionDuration,
            state.Unlinked,
            replica.OrdererHost,
            active,
            [.. replica.FullHosts.Where(host => !replica.IsCollocated || state.Replicas.Contains(host)).Order()],
            replica.Mark,
            replica.Table?.Count ?? 0,
            replica.Table?.CorruptCount ?? 0,
            replica.Table?.BytesUsed ?? 0,
            replica.IsSetAside);
    }
}
