using Akka.Actor;
using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>
/// The way to one Session and back. What is larger than a frame goes in pieces, a few at a time: each group ends in a heartbeat, and
/// the next group goes out when that is answered, so neither side's beats ever queue behind megabytes. Requests keep their order.
/// </summary>
internal sealed class SessionLink(IActorRef session, IActorRef self, long answerBytesMax)
{
    /// <summary>Pieces on their way at a time: about 1.5 MiB, some milliseconds of a fast network and well below any patience.</summary>
    private const int PiecesAtATime = 8;

    /// <summary>Numbers of the beats that end a group; the connection's own beats count from 1.</summary>
    private const ulong GroupBeatBase = 1UL << 63;

    private readonly ParcelAssembler _assembler = new(answerBytesMax);
    private readonly Queue<SessionProtocol.IMessage> _behind = new();
    private IEnumerator<Parcel>? _pieces;
    private ulong _lastParcel;
    private ulong _lastGroup = GroupBeatBase;

    public Address Address => session.Path.Address;

    /// <summary>By path and uid: sessions of one host differ in nothing else.</summary>
    public bool IsFrom(IActorRef sender) => session.Equals(sender);

    public void Send(SessionProtocol.IMessage message)
    {
        if (message is SessionProtocol.Heartbeat)
            session.Tell(message, self);
        else if (_pieces is not null)
            _behind.Enqueue(message);
        else
            SendNow(message);
    }

    /// <returns>The whole message that this completes, or null.</returns>
    /// <exception cref="WireFormatException">The pieces do not fit together: the session is not to be trusted any more.</exception>
    public SessionProtocol.IMessage? Receive(object message)
    {
        switch (message)
        {
            case SessionProtocol.Heartbeat { IsAnswer: true } beat when beat.Number == _lastGroup:
                SendPieces();
                return beat;
            case SessionProtocol.IMessage whole:
                return whole;
            case Parcel piece:
                return Assemble(piece);
            default:
                throw new WireFormatException($"{message.GetType().Name} is no message of a session");
        }
    }

    public void Leave(string reason) => session.Tell(new SessionProtocol.Farewell(AisStatus.Ok, reason), self);

    private SessionProtocol.IMessage? Assemble(Parcel piece)
    {
        var outcome = _assembler.Add(piece);
        if (outcome.RefusedHead is not null)
            throw new WireFormatException($"answers in pieces are above {answerBytesMax} bytes");
        return outcome.Message is { } message ? SessionCodec.Read(message) : null;
    }

    private void SendNow(SessionProtocol.IMessage message)
    {
        if (message is not SessionProtocol.Request { Command: SessionProtocol.Change or SessionProtocol.Read })
        {
            session.Tell(message, self);
            return;
        }

        // Only the bytes themselves tell how long they are: a vector of many small elements is mostly ids and offsets.
        var bytes = SessionCodec.Encode(message);
        if (ParcelSplitter.Fits(bytes.Length))
        {
            session.Tell(new EncodedMessage(SessionCodec.ManifestOf(message), bytes), self);
            return;
        }

        _pieces = ParcelSplitter.Split(++_lastParcel, bytes).GetEnumerator();
        SendPieces();
    }

    private void SendPieces()
    {
        for (var sent = 0; _pieces is not null && sent < PiecesAtATime; sent++)
        {
            if (_pieces.MoveNext())
                session.Tell(_pieces.Current, self);
            else
                SendWhatWaited();
        }

        if (_pieces is not null)
            session.Tell(new SessionProtocol.Heartbeat(++_lastGroup, false), self);
    }

    private void SendWhatWaited()
    {
        _pieces!.Dispose();
        _pieces = null;
        while (_pieces is null && _behind.TryDequeue(out var message))
            SendNow(message);
    }
}
