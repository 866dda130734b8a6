using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Views;

/// <summary>When to propose which view: gossip and heartbeats say when, the journal says which one wins (design section 5).</summary>
internal sealed class ViewProposer(MachineContext context, ViewKeeper keeper, Heartbeats heartbeats, ViewJournalGate journal)
{
    private List<HostId> _wanted = [];
    private long _wantedSince;
    private long _readAt = long.MinValue;

    /// <param name="isFullForAll">This host is full for every checkpoint: only then may it leave out a host that is not known dead.</param>
    /// <param name="isAllStarted">Every host of the view has its START: only then are newcomers taken in.</param>
    public void Tick(bool isFullForAll, bool isAllStarted)
    {
        journal.Tick();
        if (keeper.IsLeftOut || keeper.IsRetired)
            return;
        ProbeUnheard();
        ReadWhenLost();
        if (journal.IsBusy || !journal.WasRead)
            return;
        if (keeper.Current is { } view)
            ProposeNext(view, isFullForAll, isAllStarted);
        else
            ProposeFirst();
    }

    private void ProposeNext(View view, bool isFullForAll, bool isAllStarted)
    {
        if (!keeper.MayServe() || keeper.Latest!.Number != view.Number)
            return;
        if (view.Hosts.Any(host => keeper.IsArriving(host) && !heartbeats.IsBothWays(host) && !heartbeats.IsDead(host)))
        {
            _wanted = [];
            return;
        }

        List<HostId> next = [.. view.Hosts.Where(heartbeats.IsBothWays)];
        var survivors = next.Count;
        if (isAllStarted)
            next.AddRange(keeper.Up.Where(host => IsNewcomer(view, host)).Order());
        if (survivors == view.Hosts.Length && next.Count == survivors)
        {
            _wanted = [];
            return;
        }

        var alive = view.Hosts.Count(host => !heartbeats.IsDead(host));
        if (survivors < ViewRules.AdoptersNeeded(alive) || (survivors < alive && !isFullForAll))
            return;
        if (IsDue(next, next.IndexOf(context.Self) * context.Options.ProposeStagger, leavesOut: survivors < alive))
            journal.Append(keeper.NextRow(next));
    }

    /// <summary>No row at all, or everybody of the last one is dead: a new life, which knows nothing of the one before.</summary>
    private void ProposeFirst()
    {
        if (!keeper.Up.Contains(context.Self) || keeper.Latest is { } row && !row.Hosts.All(heartbeats.IsDead))
            return;
        var rank = keeper.Up.Count(host => host.CompareTo(context.Self) < 0 && heartbeats.IsHeard(host));
        if (IsDue([context.Self], rank * 4 * context.Options.ProposeStagger, leavesOut: false))
            journal.Append(keeper.NextRow([context.Self]));
    }

    /// <summary>One that has adopted no view: it holds nothing, even if an earlier row had it and it never heard of that.</summary>
    private bool IsNewcomer(View view, HostId host) =>
        !view.Contains(host) && heartbeats.IsBothWays(host) && heartbeats.Of(host).View == 0;

    /// <summary>The same wish for so long: hosts further back in the list give those before them the time to write it.</summary>
    /// <param name="leavesOut">
    /// Somebody who may live is to be left out: then everybody who is kept has to be heard since. A host that is itself cut off, and whose connections
    /// ended at different times, would otherwise keep one that it cannot hear either, win the row, and take the majority its view.
    /// </param>
    private bool IsDue(List<HostId> wanted, long patience, bool leavesOut)
    {
        if (!wanted.SequenceEqual(_wanted))
            (_wanted, _wantedSince) = (wanted, context.Now);
        if (context.Now < _wantedSince + patience || (leavesOut && !wanted.TrueForAll(host => heartbeats.CameSince(host, _wantedSince))))
            return false;
        _wanted = [];
        return true;
    }

    private void ProbeUnheard()
    {
        foreach (var host in keeper.Mattering())
        {
            if (host == context.Self || heartbeats.IsDead(host) || heartbeats.IsHeard(host))
                continue;
            var peer = heartbeats.Of(host);
            if (peer.ProbedAt != long.MinValue && context.Now < peer.ProbedAt + (2 * context.Options.Heartbeat))
                continue;
            peer.ProbedAt = context.Now;
            context.Out(new MachineOutput.Probe(host));
        }
    }

    /// <summary>Nobody tells a host that it was left out: without a lease, or outside, it looks for itself.</summary>
    private void ReadWhenLost()
    {
        if (keeper.HasLease)
        {
            _readAt = long.MinValue;
            return;
        }

        if (_readAt == long.MinValue)
            _readAt = context.Now + context.Options.Lease;
        if (context.Now < _readAt)
            return;
        _readAt = context.Now + (2 * context.Options.Lease);
        journal.WantRead();
    }
}
