using System.Net.Sockets;
using Akka.Actor;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;

namespace Checkpoint.Host.Gateway;

/// <content>What comes from the client; on its reading thread, if nothing else is said.</content>
internal sealed partial class GatewayClient
{
    private void ReadAll()
    {
        try
        {
            while (WaitForRoom() && _reader!.Read(_shortcut) is { } arrival)
                Arrived(arrival);
            End("the client ended the connection");
        }
        catch (WireFormatException wrong)
        {
            End(null, wrong.Message);
        }
        catch (OutOfMemoryException)
        {
            End(null, "no memory is left for its request");
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            End(e.Message);
        }
    }

    /// <summary>
    /// On the reading thread. While the client has as much on its way as it may have, or does not take its answers, the Session decides.
    /// </summary>
    private bool TryAnswer(ReadOnlyMemory<byte> message)
    {
        if (Volatile.Read(ref _unanswered) >= _limits.OutstandingMax)
            return false;
        var frame = _answers!.TryRead(message);
        if (frame.IsEmpty)
            return TryWrite(message);
        lock (_gate)
            return CanSend && TrySendNow(frame.Span);
    }

    /// <summary>A write would pass by what the Session has of this client, so that has to be nothing: a client's changes keep their order.</summary>
    private bool TryWrite(ReadOnlyMemory<byte> message)
    {
        lock (_gate)
            if (_unanswered > 0 || !CanSend)
                return false;
        var frame = _answers!.TryWrite(message);
        if (frame.IsEmpty)
            return false;
        lock (_gate)
        {
            // It is applied: the answer goes out, after whatever else has got in between.
            if (!_hasEnded && !_isClosing && !(CanSend && TrySendNow(frame.Span)))
                Enqueue(SessionCodec.Read(frame[GatewayFrame.HeaderBytes..].ToArray()));
        }

        return true;
    }

    private void Arrived(FrameArrival arrival)
    {
        switch (arrival.Message)
        {
            case SessionProtocol.Request request:
                Asked();
                if (arrival.Reserved == 0 && !_requests!.TryKeep(request))
                {
                    Refuse(request.Id);
                    break;
                }

                _requests!.Keep(request, arrival.Reserved);
                _session.Tell(request, ActorRefs.NoSender);
                break;
            case SessionProtocol.Hello:
                throw new WireFormatException("a second Hello");
            case { } message:
                _session.Tell(message, ActorRefs.NoSender);
                break;
            default:
                Asked();
                Refuse(arrival.RefusedRequest!.Value);
                break;
        }
    }

    private void Asked()
    {
        lock (_gate)
            _unanswered++;
    }

    private void Refuse(ulong request) => _session.Tell(
        new SessionRegistry.RequestRefused(request, _requests!.Refused(_limits.InFlightBytesMax)), ActorRefs.NoSender);

    private void Answered(ulong id)
    {
        _unanswered--;
        _requests?.Answered(id);
        Monitor.PulseAll(_gate);
    }

    /// <summary>One request more than a client may have is still read, so that it is told so instead of being left waiting.</summary>
    private bool WaitForRoom()
    {
        lock (_gate)
        {
            _room!.Requests.IsIdle();
            while (!_hasEnded && (_unanswered > _limits.OutstandingMax || _queuedBytes > QueuedMaxBytes))
                Monitor.Wait(_gate);
            if (_reader!.IsAmidMessage)
                _room.Requests.Moved();
            return !_hasEnded;
        }
    }
}
