using Checkpoint.Actors.Content;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// Byte credits: every host tells every other one how much new data it still takes from it as an orderer, so that an update is refused
/// before it is sent anywhere, never half-way.
/// </summary>
internal sealed class Quota(MachineContext context, ViewKeeper keeper, Heartbeats heartbeats, Replicas replicas, Updates updates)
{
    private const int ReserveDivisor = 8;

    private readonly Dictionary<HostId, long> _sent = [];

    /// <summary>This host can hold no section that grows.</summary>
    public bool IsOutOfMemory { get; set; }

    public void OnAdopted() => _sent.Clear();

    /// <summary>Kept for writes that make nothing longer, so that who fills a host up does not stop those who only update.</summary>
    private long Reserve => Math.Min(context.Options.LogBytesMax, context.Options.BytesMax / ReserveDivisor);

    /// <summary>The share of what is free here that one orderer's host may use.</summary>
    public long CreditOf(HostId host) => Math.Max(0, context.Options.BytesMax - replicas.BytesUsed) / (keeper.Current?.Hosts.Length ?? 1);

    public long ReceivedFrom(HostId host) => updates.ReceivedFrom(host);

    /// <summary>Why an update that adds so many bytes cannot be ordered, or null. Hosts that hold nothing of it are asked too: they will.</summary>
    /// <param name="grows">It makes a section, or one longer: the reserve is not for it.</param>
    public string? Refuse(long bytes, bool grows)
    {
        var reserve = grows ? Reserve : 0;
        if (replicas.BytesUsed + bytes > context.Options.BytesMax - reserve)
            return $"this host holds {replicas.BytesUsed} bytes and its limit is {context.Options.BytesMax - reserve}";
        reserve /= keeper.Current!.Hosts.Length;
        foreach (var host in keeper.Current!.Hosts)
        {
            if (host == context.Self)
                continue;
            var peer = heartbeats.Of(host);
            var underway = Math.Max(0, _sent.GetValueOrDefault(host) - peer.Received);
            var room = Math.Max(0, peer.Credit - underway - reserve);
            if (room < bytes)
                return $"{host} takes {room} more bytes from this host, and the update has {bytes}";
        }

        return null;
    }

    /// <summary>Which host of the view has no memory for anything that grows, or null.</summary>
    public string? WithoutMemory()
    {
        foreach (var host in keeper.Current!.Hosts)
            if (host == context.Self ? IsOutOfMemory : heartbeats.Of(host).IsOutOfMemory)
                return $"{host} is out of memory";
        return null;
    }

    /// <summary>What goes to the hosts that get updates of the incarnation. One that waits to be filled gets it later within the snapshot, uncounted.</summary>
    public void Count(LogEntry entry, Orderer orderer)
    {
        foreach (var peer in orderer.Peers)
            _sent[peer.Host] = _sent.GetValueOrDefault(peer.Host) + entry.Bytes;
    }

    /// <summary>Does the change make a section, or one longer? A section that is made shorter or written within its size needs no new memory.</summary>
    public static bool Grows(ContentOp op, PendingSections pending) => op switch
    {
        ContentOp.CreateSection => true,
        ContentOp.Overwrite overwrite => pending.Outline(overwrite.Id) is { } outline && overwrite.Data.Length > outline.Size,
        ContentOp.Write write => write.Elements.Any(element =>
            !element.Data.IsEmpty && pending.Outline(element.Id) is { } outline && element.Offset + element.Data.Length > outline.Size),
        _ => false,
    };

    /// <summary>Bytes that a change may add to each host, to an upper bound.</summary>
    public static long GrowthOf(ContentOp op, PendingSections pending)
    {
        var growth = LogEntry.OverheadBytes + op.DataBytes;
        switch (op)
        {
            case ContentOp.CreateSection create:
                return growth + create.Id.Length + LogEntry.SectionOverheadBytes;
            case ContentOp.Write write:
                var beyond = 0L;
                foreach (var element in write.Elements)
                    if (pending.Outline(element.Id) is { } outline && !element.Data.IsEmpty)
                        beyond += Math.Max(0, element.Offset + element.Data.Length - outline.Size);
                return Math.Max(growth, beyond);
            default:
                return growth;
        }
    }
}
