using System.Collections.Immutable;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Views;

/// <summary>
/// Which view this host is in: it takes rows, adopts the newest that has it, ends when one has it not, and says when a view may serve.
/// <code>
///   outside --row with us--> adopted --majority of the row before adopted, leases of the left-out ran out--> may serve
///      |                        |  ^-- newer row with us --'
///      '-- no row, or all of it dead: propose ourselves   '-- newer row without us: left out, for good
/// </code>
/// </summary>
internal sealed class ViewKeeper(MachineContext context, Heartbeats heartbeats)
{
    private readonly HashSet<HostId> _former = [];
    private ImmutableHashSet<HostId> _strangers = [];
    private long _adoptedAt;
    private long _majorityAt = long.MinValue;
    private bool _mayServe;

    /// <summary>The view that this host has adopted.</summary>
    public View? Current { get; private set; }

    /// <summary>The newest row that this host knows.</summary>
    public View? Latest { get; private set; }

    public IReadOnlyCollection<HostId> Up { get; private set; } = [];

    public bool IsLeftOut { get; private set; }

    public bool IsRetired { get; private set; }

    public long Number => Current?.Number ?? 0;

    /// <summary>Told after each adoption.</summary>
    public Action<View> Adopted { get; set; } = _ => { };

    /// <summary>Told once.</summary>
    public Action<string> LeftOut { get; set; } = _ => { };

    public bool HasLease => HasLeaseAt(context.Now);

    public bool HasLeaseAt(long now) => Current is { } view && !IsLeftOut && !IsRetired && heartbeats.HasLease(view, now);

    public void OnMembership(IReadOnlyCollection<HostId> up)
    {
        Up = up;
        MarkPredecessorsDead();
        heartbeats.Keep(host => up.Contains(host) || Latest is { } row && (row.Contains(host) || row.Previous.Contains(host)));
        heartbeats.Hurry();
    }

    public void OnKnownDead(HostId host, string why)
    {
        if (host == context.Self || !heartbeats.MarkDead(host))
            return;
        context.Log(MachineOutput.LogLevel.Info, $"{host} is known dead: {why}");
    }

    public void Retire()
    {
        IsRetired = true;
        heartbeats.Hurry();
    }

    public void OnRow(View row)
    {
        if (IsLeftOut || row.Number <= (Latest?.Number ?? 0))
            return;
        foreach (var host in Latest?.Hosts ?? [])
            if (!row.Contains(host))
                _former.Add(host);
        foreach (var host in row.Previous)
            if (!row.Contains(host))
                _former.Add(host);
        Latest = row;
        foreach (var host in row.Dead)
            OnKnownDead(host, $"so says the row of {row.Number}");
        MarkPredecessorsDead();

        var index = row.IndexOf(context.Self);
        if (index >= 0 && (Current is null || row.Since[index] <= Current.Number))
            Adopt(row);
        else if (Current is not null)
            Leave(row);
    }

    /// <summary>Enough hosts of the row before have come over, and no host that did not can hold a lease any more.</summary>
    public bool MayServe()
    {
        if (Current is not { } view || IsLeftOut || IsRetired)
            return false;
        if (_mayServe)
            return true;

        var (alive, adopted, isAnyLeft) = (0, 0, false);
        foreach (var host in view.Previous)
        {
            if (heartbeats.IsDead(host))
                continue;
            alive++;
            if (host == context.Self || heartbeats.Of(host).View >= view.Number)
                adopted++;
            isAnyLeft |= !view.Contains(host);
        }

        if (adopted < ViewRules.AdoptersNeeded(alive))
            return false;
        if (_majorityAt == long.MinValue)
            _majorityAt = context.Now;
        var wait = context.Options.Lease * (100 + context.Options.LeaseMarginPercent) / 100;
        return _mayServe = !isAnyLeft || context.Now >= _majorityAt + wait;
    }

    /// <summary>Tells whoever speaks of an older view what the newest row is; not more often than useful.</summary>
    public void TellRow(HostId to)
    {
        if (Latest is not { } row)
            return;
        var peer = heartbeats.Of(to);
        var patience = row.Contains(to) ? context.Options.Heartbeat / 2 : context.Options.Heartbeat * 4;
        if (peer.RowSentAt != long.MinValue && context.Now < peer.RowSentAt + patience)
            return;
        peer.RowSentAt = context.Now;
        context.Send(to, new HostMessage.Row(Number, row));
    }

    /// <summary>
    /// Nothing was heard of it because there was no reason to: the present view brought it and this host together less than the detection
    /// time ago, and on a busy machine the first connection takes a while. Its silence says nothing yet.
    /// </summary>
    public bool IsArriving(HostId host) => _strangers.Contains(host) && context.Now < _adoptedAt + context.Options.Detection;

    private void Adopt(View row)
    {
        _strangers = [.. row.Hosts.Where(host => Current?.Contains(host) != true)];
        _adoptedAt = context.Now;
        Current = row;
        _majorityAt = long.MinValue;
        _mayServe = false;
        heartbeats.OnAdopted();
        context.Log(MachineOutput.LogLevel.Info, $"adopted {row}");
        context.Out(new MachineOutput.Adopted(row));
        foreach (var host in row.Hosts.Union(row.Previous))
            if (host != context.Self && !heartbeats.IsDead(host))
            {
                heartbeats.Of(host).RowSentAt = context.Now;
                context.Send(host, new HostMessage.Row(Number, row));
            }

        Adopted(row);
    }

    private void Leave(View row)
    {
        IsLeftOut = true;
        var reason = $"{row} is without this host, which was in view {Number}";
        context.Log(IsRetired ? MachineOutput.LogLevel.Info : MachineOutput.LogLevel.Error, $"{(IsRetired ? "left" : "left out")}: {reason}");
        LeftOut(reason);
        context.Out(new MachineOutput.Publish(new ReplicaAgentProtocol.LeftOut(row.Number, reason)));
    }

    /// <summary>A new process at an address means that the one before it is over. A host that was left out earlier tells nothing of its successor.</summary>
    private void MarkPredecessorsDead()
    {
        foreach (var host in Mattering())
        {
            if (host.Address == context.Self.Address && host.Uid != context.Self.Uid)
                OnKnownDead(host, "this process runs at its address");
            foreach (var member in Up)
                if (member.Address == host.Address && member.Uid != host.Uid && !_former.Contains(member) && !heartbeats.IsDead(member))
                    OnKnownDead(host, $"{member} runs at its address");
        }
    }

    /// <summary>Hosts whose death matters: those of the newest row, and those of the one before, who have to come over to it.</summary>
    public IEnumerable<HostId> Mattering() => Latest is { } row ? row.Hosts.Union(row.Previous) : [];

    /// <summary>The row that would follow the newest one.</summary>
    public View NextRow(IReadOnlyList<HostId> hosts)
    {
        var number = (Latest?.Number ?? 0) + 1;
        var previous = Latest?.Hosts ?? [];
        return new View(
            number,
            [.. hosts],
            [.. hosts.Select(host => Latest?.IndexOf(host) is { } index and >= 0 ? Latest!.Since[index] : number)],
            previous,
            [.. previous.Where(heartbeats.IsDead)],
            context.Self);
    }
}
