using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>Something that every host of the view has to confirm: said again until it has.</summary>
internal sealed class Repeat(HostMessage message, HashSet<HostId> unconfirmed, Action confirmed)
{
    public HashSet<HostId> Unconfirmed { get; } = unconfirmed;

    public long ResendAt { get; set; } = long.MinValue;

    public HostMessage Message { get; } = message;

    public void Confirmed() => confirmed();
}

/// <summary>What the old orderer of a hand-over, and the orderer of a deletion, still have to tell in this view.</summary>
internal sealed class Repeats(MachineContext context)
{
    private readonly Dictionary<(IncarnationId Incarnation, long Sequence), Repeat> _open = [];

    public bool IsEmpty => _open.Count == 0;

    public bool Contains(IncarnationId incarnation, long sequence) => _open.ContainsKey((incarnation, sequence));

    public void Begin(IncarnationId incarnation, long sequence, IEnumerable<HostId> hosts, HostMessage message, Action confirmed)
    {
        var repeat = new Repeat(message, [.. hosts.Where(host => host != context.Self)], confirmed);
        if (repeat.Unconfirmed.Count == 0)
        {
            confirmed();
            return;
        }

        _open[(incarnation, sequence)] = repeat;
        Send(repeat);
    }

    public void Confirm(IncarnationId incarnation, long sequence, HostId host)
    {
        if (!_open.TryGetValue((incarnation, sequence), out var repeat) || !repeat.Unconfirmed.Remove(host) || repeat.Unconfirmed.Count > 0)
            return;
        _open.Remove((incarnation, sequence));
        repeat.Confirmed();
    }

    public void Tick()
    {
        foreach (var repeat in _open.Values)
            if (context.Now >= repeat.ResendAt)
                Send(repeat);
    }

    /// <summary>A new view: its START says it all.</summary>
    public void Clear() => _open.Clear();

    private void Send(Repeat repeat)
    {
        repeat.ResendAt = context.Now + context.Options.Resend;
        foreach (var host in repeat.Unconfirmed)
            context.Send(host, repeat.Message);
    }
}
