using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>What a new view makes of the logs of its hosts: pure arithmetic over their answers (design section 3, rules 4 to 7).</summary>
internal static class StartPlan
{
    /// <param name="logs">One answer of every host of the view.</param>
    public static HostMessage.Start Make(View view, IReadOnlyDictionary<HostId, HostMessage.Logs> logs)
    {
        HashSet<IncarnationId> deleted = [];
        foreach (var answer in logs.Values)
            deleted.UnionWith(answer.Dropped);

        Dictionary<IncarnationId, List<(HostId Host, LogSummary Log)>> copies = [];
        foreach (var host in view.Hosts)
            foreach (var log in logs[host].Summaries)
                if (log.IsFull)
                {
                    if (!copies.TryGetValue(log.State.Incarnation, out var list))
                        copies.Add(log.State.Incarnation, list = []);
                    list.Add((host, log));
                }

        List<StartItem> items = [];
        foreach (var (incarnation, full) in copies.OrderBy(copy => copy.Key))
        {
            if (deleted.Contains(incarnation))
                continue;
            if (Item(view, full) is { } item)
                items.Add(item);
            else
                deleted.Add(incarnation);
        }

        return new HostMessage.Start(view.Number, items, [.. deleted.Order()]);
    }

    /// <summary>The longest log of a full host wins and is rolled forward, never back. Null when it ends in the deletion, or no AIS replica is left.</summary>
    private static StartItem? Item(View view, List<(HostId Host, LogSummary Log)> full)
    {
        // A host that set its copy aside lost the content. While another one has it that copy does not count, and is filled anew; when none
        // has it the checkpoint is set aside, and lives on without content until it is deleted.
        var holders = full.Select(copy => copy.Host).ToHashSet();
        if (full.Exists(copy => !copy.Log.IsSetAside))
            full = full.FindAll(copy => !copy.Log.IsSetAside);
        var winner = full[0];
        foreach (var copy in full)
            if (copy.Log.LogEnd > winner.Log.LogEnd)
                winner = copy;
        if (winner.Log.IsDeleted)
            return null;

        var state = winner.Log.State;
        if (state.Attributes.Flags.IsCollocated())
        {
            // Copies on hosts that never opened it do not count, or data would outlive its last replica.
            if (!state.Replicas.Any(holders.Contains))
                return null;
            state = state with { Replicas = [.. state.Replicas.Where(view.Contains)] };
        }

        var orderer = full.Exists(copy => copy.Host == state.NamedOrderer) ? state.NamedOrderer : Chosen(state.Name, full);
        if (state.Active is not null && state.Active != orderer)
            state = state with { Active = null };
        return new StartItem(
            state with { NamedOrderer = orderer },
            orderer,
            winner.Log.LogEnd,
            winner.Host,
            [.. full.Select(copy => new FullHost(copy.Host, copy.Log.LogEnd))]);
    }

    /// <summary>Computed from the name, so that the orderers of a lost host spread over the rest.</summary>
    private static HostId Chosen(CheckpointName name, List<(HostId Host, LogSummary Log)> full) =>
        full[(int)((uint)name.GetHashCode() % (uint)full.Count)].Host;
}
