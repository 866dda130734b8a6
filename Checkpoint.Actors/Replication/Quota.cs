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
    private readonly Dictionary<HostId, long> _sent = [];

    /// <summary>This host can hold no section that grows.</summary>
    public bool IsOutOfMemory { get; set; }

    public void OnAdopted() => _sent.Clear();

    /// <summary>The share of what is free here that one orderer's host may use.</summary>
    public long CreditOf(HostId host) => Math.Max(0, context.Options.BytesMax - replicas.BytesUsed) / (keeper.Current?.Hosts.Length ?? 1);

    public long ReceivedFrom(HostId host) => updates.ReceivedFrom(host);

    /// <summary>Why an update that adds so many bytes cannot be ordered, or null. Hosts that hold nothing of it are asked too: they will.</summary>
    public string? Refuse(long bytes)
    {
        if (replicas.BytesUsed + bytes > context.Options.BytesMax)
            return $"this host holds {replicas.BytesUsed} bytes and its limit is {context.Options.BytesMax}";
        foreach (var host in keeper.Current!.Hosts)
        {
            if (host == context.Self)
                continue;
            var peer = heartbeats.Of(host);
            var underway = Math.Max(0, _sent.GetValueOrDefault(host) - peer.Received);
            if (peer.Credit - underway < bytes)
                return $"{host} takes {Math.Max(0, peer.Credit - underway)} more bytes from this host, and the update has {bytes}";
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

    public void Count(LogEntry entry)
    {
        foreach (var host in keeper.Current!.Hosts)
            if (host != context.Self)
                _sent[host] = _sent.GetValueOrDefault(host) + entry.Bytes;
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
                return growth + create.Id.Length + ContentLimits.SectionOverheadBytes;
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
