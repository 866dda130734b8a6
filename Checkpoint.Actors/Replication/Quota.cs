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
        if (Saturating.Add(replicas.BytesUsed, bytes) > context.Options.BytesMax - reserve)
            return $"this host holds {replicas.BytesUsed} bytes and its limit is {context.Options.BytesMax - reserve}";
        reserve /= keeper.Current!.Hosts.Length;
        foreach (var host in keeper.Current!.Hosts)
        {
            if (host == context.Self)
                continue;
            var peer = heartbeats.Of(host);
            var underway = Math.Max(0, Saturating.Subtract(_sent.GetValueOrDefault(host), peer.Received));
            var room = Math.Max(0, Saturating.Subtract(Saturating.Subtract(peer.Credit, underway), reserve));
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

    /// <summary>Bytes that a change may add to each host, to an upper bound.</summary>
    /// <param name="growthBytes">As <see cref="ContentVerdict"/> has them.</param>
    public static long DemandOf(ContentOp op, long growthBytes) => op is ContentOp.CreateSection
        ? LogEntry.OverheadBytes + growthBytes
        : Math.Max(LogEntry.OverheadBytes + op.DataBytes, growthBytes);
}
