using System.Buffers;
using Akka.Actor;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication.Links;

/// <summary>
/// The links from this host's agent to the agents of all others. Nobody keeps a frame for a later process: each names the uid that it
/// is for, and the receiver drops what is not for it. Used by the agent's thread only.
/// </summary>
/// <param name="pathOfAgent">The agent's path below the root, the same on every host.</param>
public sealed class HostLinks(HostId self, ExtendedActorSystem system, string pathOfAgent, long parcelTimeout, long forgetAfter)
{
    private const int LinksMax = 256;

    private readonly Address _selfAddress = system.Provider.DefaultAddress;
    private readonly Dictionary<HostId, Link> _links = [];
    private readonly List<LinkPiece> _pieces = [];
    private HostMessage? _lastEncoded;
    private ReadOnlySequence<byte> _lastBytes;

    /// <summary>Messages that the links gave up: no link was silent or full when it is 0.</summary>
    public long Lost { get; private set; }

    /// <summary>Why the message that was sent last could not be encoded; null when it could. It is lost, and the machine above sends it again.</summary>
    public Exception? Unencoded { get; private set; }

    public void Send(HostId to, HostMessage message, long now)
    {
        if (LinkTo(to, now) is not { } link || !IsEncoded(message))
            return;
        try
        {
            if (!link.Outgoing.Send(HostMessageCodec.LaneOf(message) ?? Guid.Empty, _lastBytes, now, _pieces))
                Lost++;
            Flush(to, link);
        }
        catch (OutOfMemoryException e)
        {
            Lose(e);
        }
    }

    /// <summary>An update goes to several hosts in a row: it is encoded once.</summary>
    private bool IsEncoded(HostMessage message)
    {
        Unencoded = null;
        if (ReferenceEquals(_lastEncoded, message))
            return true;
        try
        {
            (_lastEncoded, _lastBytes) = (message, HostMessageCodec.Encode(message));
            return true;
        }
        catch (Exception e)
        {
            Unencoded = e;
            Lost++;
            return false;
        }
    }

    /// <summary>The whole message that this frame completes, if any.</summary>
    /// <exception cref="WireFormatException">The bytes are no frame or no message.</exception>
    public (HostId From, HostMessage Message)? Receive(LinkBytes bytes, long now)
    {
        var frame = LinkCodec.Decode(bytes.Bytes);
        if (frame.ToUid != self.Uid || frame.From == self || LinkTo(frame.From, now) is not { } link)
            return null;
        link.HeardAt = now;
        switch (frame.Piece)
        {
            case LinkPiece.Whole whole:
                return (frame.From, HostMessageCodec.Decode(whole.Message));
            case LinkPiece.Arrived arrived:
                link.Outgoing.Arrived(arrived.Number, now, _pieces);
                Flush(frame.From, link);
                return null;
            case LinkPiece.Parcel parcel:
                var message = link.Incoming.Accept(parcel);
                _pieces.Add(new LinkPiece.Arrived(parcel.Number));
                Flush(frame.From, link);
                return message is { } whole2 ? (frame.From, HostMessageCodec.Decode(whole2)) : null;
            default:
                return null;
        }
    }

    public void Tick(long now)
    {
        List<HostId>? silent = null;
        foreach (var (host, link) in _links)
        {
            try
            {
                link.Outgoing.Tick(now, _pieces);
                Flush(host, link);
            }
            catch (OutOfMemoryException e)
            {
                Lose(e);
            }

            if (now - Math.Max(link.HeardAt, link.UsedAt) > forgetAfter)
                (silent ??= []).Add(host);
        }

        foreach (var host in silent ?? [])
            _links.Remove(host);
    }

    /// <summary>What was on its way out; the receiver misses a piece, and the machines ask again.</summary>
    private void Lose(Exception e)
    {
        Unencoded = e;
        Lost++;
        _pieces.Clear();
    }

    private void Flush(HostId to, Link link)
    {
        try
        {
            foreach (var piece in _pieces)
                link.Agent.Tell(new LinkBytes(LinkCodec.Encode(self, to.Uid, piece)), ActorRefs.NoSender);
        }
        finally
        {
            _pieces.Clear(); // Whatever happens: the next ones are for another host.
        }
    }

    private Link? LinkTo(HostId host, long now)
    {
        if (_links.TryGetValue(host, out var link))
        {
            link.UsedAt = now;
            return link;
        }

        if (_links.Count >= LinksMax)
            return null; // More than any cluster of ours has: strangers; the silent ones are forgotten in time.
        var agent = system.Provider.ResolveActorRef($"{HostIds.AddressOf(host, _selfAddress)}{pathOfAgent}");
        link = new Link(agent, new OutgoingLink(parcelTimeout), new IncomingLink()) { UsedAt = now, HeardAt = now };
        _links.Add(host, link);
        return link;
    }

    private sealed record Link(IActorRef Agent, OutgoingLink Outgoing, IncomingLink Incoming)
    {
        public long UsedAt { get; set; }

        public long HeardAt { get; set; }
    }
}
