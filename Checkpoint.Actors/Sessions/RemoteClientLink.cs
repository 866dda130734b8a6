using Akka.Actor;
using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// The link to a .NET client over Akka.Remote. What is larger than a frame goes in pieces, a few at a time: each group ends in a heartbeat and the
/// next one goes out when the client has answered it, so that beats never queue behind megabytes.
/// </summary>
/// <param name="answers">Where what is sent here was reserved.</param>
internal sealed class RemoteClientLink(IActorRef client, IActorRef session, ByteAccount answers) : IClientLink
{
    /// <summary>Pieces on their way at a time: about 1.5 MiB.</summary>
    private const int PiecesAtATime = 8;

    /// <summary>Numbers of the beats that end a group; the client's own beats count from 1.</summary>
    private const ulong GroupBeatBase = 1UL << 62;

    /// <summary>What a waiting message counts besides its bytes, so that millions of small ones reach the limit too.</summary>
    private const int OverheadBytes = 1024;

    private readonly Queue<SessionProtocol.IMessage> _behind = new();
    private IEnumerator<Parcel>? _pieces;
    private long _cutReserved;
    private long _cutBytes;
    private ulong _lastParcel;
    private ulong _lastGroup = GroupBeatBase;

    public IActorRef Client => client;

    public long QueuedBytes { get; private set; }

    public void Opened(IActorRef opened, SessionRoom room)
    {
    }

    public void Abort() => Close();

    public void Send(SessionProtocol.IMessage message)
    {
        if (message is SessionProtocol.Heartbeat)
            client.Tell(message, session);
        else if (_pieces is null)
            SendNow(message);
        else
        {
            QueuedBytes += SessionCodec.SizeHint(message) + OverheadBytes;
            _behind.Enqueue(message);
        }
    }

    /// <summary>The client has a group; the next may go.</summary>
    public void Confirmed(SessionProtocol.Heartbeat beat)
    {
        if (beat is not { IsAnswer: true } || beat.Number != _lastGroup)
            return;
        answers.Moved();
        SendPieces();
    }

    public void Close()
    {
        _pieces?.Dispose();
        _pieces = null;
        _behind.Clear();
        QueuedBytes = 0;
    }

    private void SendNow(SessionProtocol.IMessage message)
    {
        if (ParcelSplitter.Fits(SessionCodec.SizeHint(message)))
        {
            client.Tell(message, session);
            answers.Release(SessionRoom.BytesOf(message));
            return;
        }

        _cutReserved = SessionRoom.BytesOf(message);
        QueuedBytes += SessionCodec.SizeHint(message);
        _cutBytes = SessionCodec.SizeHint(message);
        _pieces = Cut(message).GetEnumerator();
        answers.Waits();
        SendPieces();
    }

    private IEnumerable<Parcel> Cut(SessionProtocol.IMessage message) => message is SessionProtocol.Answer { Body: SessionProtocol.Data } answer
        ? AnswerPieces.Cut(++_lastParcel, answer)
        : ParcelSplitter.Split(++_lastParcel, SessionCodec.Encode(message));

    private void SendPieces()
    {
        for (var sent = 0; _pieces is not null && sent < PiecesAtATime; sent++)
        {
            if (_pieces.MoveNext())
            {
                QueuedBytes -= _pieces.Current.Bytes.Length;
                _cutBytes -= _pieces.Current.Bytes.Length;
                client.Tell(_pieces.Current, session);
            }
            else
                SendWhatWaited();
        }

        if (_pieces is not null)
            client.Tell(new SessionProtocol.Heartbeat(++_lastGroup, false), session);
        else
            answers.IsIdle();
    }

    private void SendWhatWaited()
    {
        _pieces!.Dispose();
        _pieces = null;
        QueuedBytes -= _cutBytes;
        answers.Release(_cutReserved);
        while (_pieces is null && _behind.TryDequeue(out var message))
        {
            QueuedBytes -= SessionCodec.SizeHint(message) + OverheadBytes;
            SendNow(message);
        }
    }
}
