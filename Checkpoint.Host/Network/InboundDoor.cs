using Akka.Event;
using Akka.Remote.Transport;

namespace Checkpoint.Host.Network;

/// <summary>
/// Lets connections of others in.
/// <code>
///   accepted --> stranger --its first message--> known        (at most connectionsMax, else closed)
///                    `-- closed: by itself, by Akka's handshake-timeout, or pushed out by newer strangers
/// </code>
/// Thread-safe.
/// </summary>
/// <param name="connectionsMax">Known ones at a time.</param>
internal sealed class InboundDoor(int connectionsMax, ILoggingAdapter log) : IAssociationEventListener
{
    /// <summary>Connections that have sent no message yet; one more costs the oldest its place, so idle ones keep nobody out.</summary>
    public const int StrangersMax = 64;

    private readonly Lock _gate = new();
    private readonly LinkedList<InboundHandle> _strangers = new();
    private readonly HashSet<InboundHandle> _known = [];

    /// <summary>Who is told of connections; set before the first comes.</summary>
    public IAssociationEventListener? Upstream { get; set; }

    public void Notify(IAssociationEvent happened)
    {
        if (happened is not InboundAssociation inbound)
        {
            Upstream!.Notify(happened);
            return;
        }

        var handle = new InboundHandle(inbound.Association, this);
        InboundHandle? oldest = null;
        lock (_gate)
        {
            _strangers.AddLast(handle);
            if (_strangers.Count > StrangersMax)
                oldest = _strangers.First!.Value;
        }

        if (oldest is not null)
            TurnAway(oldest, $"more than {StrangersMax} connections have sent nothing");
        Upstream!.Notify(new InboundAssociation(handle));
    }

    /// <summary>A message came; called for each.</summary>
    public void Spoke(InboundHandle handle)
    {
        lock (_gate)
        {
            if (!_strangers.Remove(handle) || _known.Count < connectionsMax && _known.Add(handle))
                return;
        }

        TurnAway(handle, $"there are {connectionsMax} connections");
    }

    public void Ended(InboundHandle handle)
    {
        lock (_gate)
        {
            _strangers.Remove(handle);
            _known.Remove(handle);
        }
    }

    private void TurnAway(InboundHandle handle, string why)
    {
        log.Warning("A connection from {0} is closed: {1}.", handle.RemoteAddress, why);
        handle.Disassociate(why, log);
    }
}
