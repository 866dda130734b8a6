using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Views;

/// <summary>
/// Whom this host hears, who hears it, and its lease: it may serve for a while counted from the <em>sending</em> of a heartbeat that a majority of
/// the whole view has answered. Hosts answer only in their own view, so a majority that went on to another view ends the lease.
/// </summary>
internal sealed class Heartbeats(MachineContext context)
{
    private readonly Dictionary<HostId, Peer> _peers = [];
    private readonly HashSet<HostId> _dead = [];
    private readonly List<long> _answers = [];
    private long _beatAt = long.MinValue;
    private long _leaseUntil = long.MinValue;

    public IReadOnlySet<HostId> Dead => _dead;

    public Peer Of(HostId host)
    {
        if (!_peers.TryGetValue(host, out var peer))
            _peers.Add(host, peer = new Peer(host));
        return peer;
    }

    public bool IsDead(HostId host) => _dead.Contains(host);

    /// <summary>False when it was known already.</summary>
    public bool MarkDead(HostId host) => _dead.Add(host);

    public bool IsHeard(HostId host) =>
        host == context.Self || (!IsDead(host) && _peers.TryGetValue(host, out var peer) && context.Now - context.Options.Detection <= peer.HeardAt);

    /// <summary>Heard, and it hears us: within the last detection time.</summary>
    public bool IsBothWays(HostId host) => host == context.Self || (IsHeard(host) && _peers[host].HearsUs);

    /// <summary>A heartbeat came at or after <paramref name="time"/>; neither doubt nor a stand-still of ours changes that.</summary>
    public bool CameSince(HostId host, long time) => host == context.Self || (_peers.TryGetValue(host, out var peer) && peer.CameAt >= time);

    /// <summary>A reason to doubt: what was heard so far counts only a little longer.</summary>
    public void Doubt(HostId host)
    {
        var peer = Of(host);
        peer.HeardAt = Math.Min(peer.HeardAt, context.Now - context.Options.Detection + context.Options.SuspectPatience);
    }

    /// <summary>
    /// This host itself stood still for so long and may have heartbeats waiting that it has not looked at: its silence is no word about the others.
    /// Only whom it hears is moved on, never a lease: that counts from what was sent.
    /// </summary>
    public void StoodStill(long duration)
    {
        foreach (var peer in _peers.Values)
            if (peer.HeardAt != long.MinValue)
                peer.HeardAt = Math.Min(context.Now, peer.HeardAt + duration);
    }

    /// <summary>A new view: answers to heartbeats of the one before are worth nothing.</summary>
    public void OnAdopted()
    {
        foreach (var peer in _peers.Values)
            (peer.LeaseFrom, peer.Credit, peer.Received) = (long.MinValue, long.MaxValue, 0);
        _leaseUntil = long.MinValue;
        _beatAt = long.MinValue;
    }

    /// <summary>Forgets hosts that are neither members nor in a row that still matters.</summary>
    public void Keep(Func<HostId, bool> isWanted)
    {
        foreach (var host in _peers.Keys.Where(host => !isWanted(host)).ToArray())
            _peers.Remove(host);
        _dead.RemoveWhere(host => !isWanted(host));
    }

    public bool HasLease(View view, long now) =>
        view.Hosts.Length == 1 || now < _leaseUntil;

    public void OnAck(View view, HostId from, long sentAt)
    {
        var peer = Of(from);
        if (sentAt <= peer.LeaseFrom || !view.Contains(from))
            return;
        peer.LeaseFrom = sentAt;
        _answers.Clear();
        foreach (var host in view.Hosts)
            if (host != context.Self && _peers.TryGetValue(host, out var other))
                _answers.Add(other.LeaseFrom);
        var needed = ViewRules.LeaseNeeded(view.Hosts.Length) - 1;
        if (_answers.Count < needed)
            return;
        _answers.Sort();
        var from0 = _answers[^needed];
        if (from0 != long.MinValue)
            _leaseUntil = from0 + context.Options.Lease;
    }

    public bool IsDue => _beatAt == long.MinValue || context.Now >= _beatAt;

    public void Sent() => _beatAt = context.Now + context.Options.Heartbeat;

    public void Hurry() => _beatAt = long.MinValue;

    public IReadOnlyList<HostId> Heard() => [.. _peers.Keys.Where(IsHeard).Order()];
}
