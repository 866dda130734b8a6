using Checkpoint.Actors.Content;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// The one that numbers the updates of an incarnation, while this host is named to. It sends each update to every host that counts or is being
/// filled, and finds out what is stable: what every full host has in its log.
/// <code>
///   behind (START rolls more forward than we hold) --fetched--> ordering --hand-over or deletion ordered--> closing --stable--> gone
/// </code>
/// </summary>
internal sealed class Orderer
{
    private readonly MachineContext _context;
    private readonly Replicas _replicas;
    private readonly Replica _replica;
    private readonly long _view;
    private (long From, LogEntry[] Entries) _batch = (0, []);
    private long _markDueAt = long.MaxValue;
    private long _fetchAt = long.MinValue;
    private long _expirySequence;

    /// <param name="fullHosts">The other hosts that count, with what they have.</param>
    /// <param name="holder">Who has what START rolls forward, when this host has it not.</param>
    /// <param name="markKnown">Everybody knows that everything up to here is stable.</param>
    public Orderer(
        MachineContext context, Replicas replicas, Replica replica, long view, IEnumerable<FullHost> fullHosts, HostId? holder, long markKnown)
    {
        (_context, _replicas, _replica, _view, Holder) = (context, replicas, replica, view, holder);
        foreach (var full in fullHosts)
            if (full.Host != context.Self)
                Peers.Add(new OrdererPeer(full.Host, true, full.LogEnd) { MarkSent = markKnown, MarkAcked = markKnown });
        Fills = new OrdererFills(context, replicas, replica, this, view);
        Aside = new OrdererAside(context, replicas, replica, this);
    }

    public List<OrdererPeer> Peers { get; } = [];

    public OrdererFills Fills { get; }

    public OrdererAside Aside { get; }

    public HostId? Holder { get; }

    /// <summary>The hand-over or the deletion is in the log: nothing follows.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>Everything that START rolls forward is here.</summary>
    public bool IsCurrent => _replica.Log.End >= _replica.StartEnd;

    public bool CanOrder => IsCurrent && !IsClosing;

    /// <summary>Room in the log for what is not stable yet; an empty log takes an update of any size.</summary>
    public bool HasRoom
    {
        get
        {
            var pending = _replica.Log.End - _replica.Mark;
            return pending == 0
                || (pending < _context.Options.LogEntriesMax && _replica.Log.Bytes < _context.Options.LogBytesMax);
        }
    }

    /// <summary>Nothing to send, nothing awaited: no tick needed.</summary>
    public bool IsQuiet
    {
        get
        {
            if (!IsCurrent || IsClosing || _markDueAt != long.MaxValue || Aside.IsUndecided)
                return false;
            foreach (var peer in Peers)
                if (peer.Acked < _replica.Log.End || peer.MarkAcked < _replica.Mark || peer.Fill is not null)
                    return false;
            return true;
        }
    }

    /// <summary>Entries above this must stay in the log: a newcomer does not have them.</summary>
    public long RetainAbove
    {
        get
        {
            var least = long.MaxValue;
            foreach (var peer in Peers)
                if (!peer.IsFull)
                    least = Math.Min(least, peer.Acked);
            return least;
        }
    }

    /// <summary>Numbers an update, takes it into the own log and sends it. The caller has checked it and <see cref="CanOrder"/>.</summary>
    public LogEntry Order(LogBody body)
    {
        if (!CanOrder)
            throw new InvalidOperationException($"{_replica.Id}: nothing can be ordered after {_replica.Log.End} in tenure {_replica.Tenure}");
        var entry = new LogEntry(_replica.Log.End + 1, _view, _context.Wall, body);
        _replicas.Append(_replica, entry);
        _replicas.Count(entry);
        IsClosing = body is LogBody.HandOver or LogBody.Deleted;
        if (body is LogBody.Full full)
            Fills.Count(full.Host);
        _replicas.Busy.Add(_replica);
        foreach (var peer in Peers)
            SendEntries(peer);
        return entry;
    }

    /// <summary>Applies what is stable by now. Apart from <see cref="Order"/>, so that a caller can be put on the list of waiters in between.</summary>
    public void Settle()
    {
        var stable = _replica.Log.End;
        foreach (var peer in Peers)
            if (peer.IsFull && peer.Acked < stable)
                stable = peer.Acked;
        if (stable <= _replica.Mark || !IsCurrent)
            return;
        _replicas.Advance(_replica, stable);
    }

    /// <summary>The others are told within the delay.</summary>
    public void OnMarkMoved()
    {
        if (_markDueAt == long.MaxValue)
            _markDueAt = _context.Now + _context.Options.MarkDelay;
        _replicas.Busy.Add(_replica);
    }

    public void OnAck(HostId from, HostMessage.Ack ack)
    {
        var peer = Peers.Find(candidate => candidate.Host == from);
        if (peer is null || ack.Tenure != _replica.Tenure)
            return;
        var end = Math.Min(ack.LogEnd, _replica.Log.End);
        if (end > peer.Acked)
        {
            peer.Acked = end;
            peer.Sent = Math.Max(peer.Sent, end);
            peer.Backoff = 0;
            while (peer.Rounds.TryPeek(out var round) && round <= end)
                peer.Rounds.Dequeue();
        }

        peer.MarkAcked = Math.Max(peer.MarkAcked, Math.Min(ack.Mark, _replica.Mark));
        peer.IsSetAside = ack.IsSetAside || peer.IsSetAside == true;
        if (ack.HasGap && ack.LogEnd == peer.Acked && _context.Now >= peer.RewoundAt + (_context.Options.Resend / 8))
            peer.Rewind(_context.Now);
        Settle();
        if (_replica.Orderer != this)
            return; // Handed over or deleted by what has just become stable.
        SendEntries(peer);
        Fills.Advance(peer);
        Aside.Advance();
    }

    public void Tick()
    {
        if (!IsCurrent)
        {
            Fetch();
            return;
        }

        Settle();
        if (_replica.Orderer != this)
            return;
        Aside.Advance();
        if (_replica.Orderer != this)
            return;
        var isMarkDue = _context.Now >= _markDueAt;
        foreach (var peer in Peers)
        {
            if (peer.Acked < peer.Sent && _context.Now >= peer.ResendAt)
            {
                peer.Backoff = Math.Min(_context.Options.ResendMax, Math.Max(_context.Options.Resend, peer.Backoff * 2));
                peer.Rewind(_context.Now);
            }

            SendEntries(peer);
            var isMarkLost = peer.Acked == _replica.Log.End && peer.MarkAcked < _replica.Mark && _context.Now >= peer.ResendAt;
            if ((isMarkDue && peer.MarkSent < _replica.Mark) || isMarkLost)
                Send(peer, []);
        }

        if (isMarkDue)
            _markDueAt = long.MaxValue;
        Fills.Tick();
    }

    /// <summary>Expiry is an ordered delete by this host's clock, a batch of sections in one update, and one update at a time.</summary>
    public void Expire()
    {
        if (!CanOrder || !HasRoom || _replica.Pending is not { IsOpaque: false } || _replica.Job is { HoldsOrder: true })
            return;
        if (_replica.Table is not { } table || _replica.Mark < _expirySequence || table.NextExpiration > _context.Wall)
            return;
        var due = Due(table);
        if (due.Count == 0)
            return;
        _expirySequence = Order(new LogBody.Content(new ContentOp.ExpireSections(due, _context.Wall), default, 0, 0)).Sequence;
        Settle();
    }

    private IReadOnlyList<SectionId> Due(SectionTable table)
    {
        try
        {
            _context.Options.ContentFault?.Invoke(ContentStep.Expire, _replica.Name, null);
            return table.DueAt(_context.Wall, _context.Options.BatchMax);
        }
        catch (Exception e)
        {
            _replicas.SetAside(_replica, _replica.Mark, SetAsideText.Of(e)); // It would throw at every tick, and the table is no better than its queue.
            return [];
        }
    }

    /// <summary>The order up to START's end comes from the host that holds it.</summary>
    public void OnFetched(IReadOnlyList<LogEntry> entries)
    {
        foreach (var entry in entries)
            if (entry.Sequence == _replica.Log.End + 1 && entry.Sequence <= _replica.StartEnd)
                _replicas.Append(_replica, entry);
        _fetchAt = long.MinValue;
        Tick();
    }

    public void SendEntries(OrdererPeer peer)
    {
        if (peer.Fill is { IsAccepted: false } || !IsCurrent)
            return;
        while (peer.Sent < _replica.Log.End && peer.Rounds.Count < _context.Options.RoundsMax)
        {
            var entries = Batch(peer.Sent + 1);
            peer.Sent += entries.Length;
            peer.Rounds.Enqueue(peer.Sent);
            Send(peer, entries);
        }
    }

    /// <summary>Makes the host say how far it is, and whether it has the content.</summary>
    public void SendMark(OrdererPeer peer) => Send(peer, []);

    private void Send(OrdererPeer peer, LogEntry[] entries)
    {
        var bytes = 0L;
        foreach (var entry in entries)
            bytes += entry.Bytes;
        if (entries.Length > 0 || peer.Acked == peer.Sent) // A mark does not put off what is to be sent again.
            peer.ResendAt = _context.Now + Math.Max(_context.Options.Resend, peer.Backoff) + (bytes * _context.Options.ResendPerByte);
        peer.MarkSent = _replica.Mark;
        _context.Send(peer.Host, new HostMessage.Append(_view, _replica.Id, _replica.Tenure, _replica.Mark, entries));
    }

    /// <summary>Hosts that are equally far get the same array.</summary>
    private LogEntry[] Batch(long from)
    {
        if (_batch.From != from || _batch.Entries.Length == 0 || _batch.From + _batch.Entries.Length - 1 != _replica.Log.End)
            _batch = (from, _replica.Log.Slice(from, _context.Options.RoundBytesMax));
        return _batch.Entries;
    }

    private void Fetch()
    {
        if (_context.Now < _fetchAt)
            return;
        _fetchAt = _context.Now + _context.Options.Resend;
        _context.Send(Holder!, new HostMessage.Fetch(_view, _replica.Id, _replica.Log.End + 1));
    }
}
