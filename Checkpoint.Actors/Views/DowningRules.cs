using Checkpoint.Protocol;

namespace Checkpoint.Actors.Views;

/// <summary>
/// Which members of the cluster are to be downed; pure. It carries out views and has no opinion of its own: a member is downed when a
/// serving view left it out, or when it never was in a view and has been unreachable for long, since then it holds neither data nor lease.
/// </summary>
/// <param name="strangerAfter">In the unit of the times given to <see cref="Due"/>.</param>
public sealed class DowningRules(long strangerAfter)
{
    private readonly HashSet<HostId> _everInAView = [];
    private readonly Dictionary<HostId, long> _unreachableSince = [];
    private IReadOnlyList<HostId>? _serving;
    private View? _adopted;

    /// <summary>A row of the journal was adopted: its hosts and those before it are no strangers.</summary>
    public void Adopted(View view)
    {
        _everInAView.UnionWith(view.Hosts);
        _everInAView.UnionWith(view.Previous);
        if (_adopted is null || view.Number > _adopted.Number)
            _adopted = view;
    }

    public void Serving(IReadOnlyList<HostId> hosts)
    {
        _everInAView.UnionWith(hosts);
        _serving = hosts;
    }

    /// <summary>Those of <paramref name="members"/> that are to be downed now. Before the first serving view: nobody.</summary>
    public IReadOnlyList<HostId> Due(IReadOnlyList<MemberSeen> members, long now)
    {
        Forget(members);
        List<HostId> due = [];
        foreach (var member in members)
        {
            if (member.IsReachable)
                _unreachableSince.Remove(member.Host);
            else
                _unreachableSince.TryAdd(member.Host, now);
            if (_serving is not null && !_serving.Contains(member.Host) && !IsComing(member.Host) && IsDue(member, now))
                due.Add(member.Host);
        }

        return due;
    }

    /// <summary>In the view that comes next: adopted here, not serving yet.</summary>
    private bool IsComing(HostId host) => _adopted?.Hosts.Contains(host) == true;

    private bool IsDue(MemberSeen member, long now)
    {
        // A reachable member on its way out goes by itself; downed, it would exit as if something were wrong.
        if (member is { IsLeaving: true, IsReachable: true })
            return false;
        if (_everInAView.Contains(member.Host))
            return true;
        return _unreachableSince.TryGetValue(member.Host, out var since) && now - since >= strangerAfter;
    }

    /// <summary>Who is no member any more need not be remembered: a host's run never comes back.</summary>
    private void Forget(IReadOnlyList<MemberSeen> members)
    {
        var present = members.Select(member => member.Host).ToHashSet();
        _everInAView.RemoveWhere(host => !present.Contains(host) && _serving?.Contains(host) != true);
        foreach (var gone in _unreachableSince.Keys.Where(host => !present.Contains(host)).ToList())
            _unreachableSince.Remove(gone);
    }
}

/// <param name="IsLeaving">Leaving or Exiting.</param>
public readonly record struct MemberSeen(HostId Host, bool IsReachable, bool IsLeaving);
