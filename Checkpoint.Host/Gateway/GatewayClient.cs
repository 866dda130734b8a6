using System.Net.Sockets;
using Akka.Actor;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;

namespace Checkpoint.Host.Gateway;

/// <summary>
/// One client of the local socket. Its own thread reads, blocking: it answers what this host alone decides
/// (<see cref="DirectAnswers"/>) and tells the Session everything else. The Session's answers go out on its thread while the socket takes
/// them, else on a writing thread that is started when it is first needed. Reading stops while the client has
/// too much on its way or does not take its answers, so nothing here grows with what a client sends. The client ends with its
/// connection or with its process, whichever ends first (ais-ckpt 2.10).
/// </summary>
internal sealed class GatewayClient : IClientLink
{
    /// <summary>A frame up to this size never blocks once the kernel calls the socket writable (a quarter of its buffer used at most).</summary>
    private const int DirectMaxBytes = 64 * 1024;

    /// <summary>Bytes that wait for a client before its requests are no longer read.</summary>
    private const long QueuedMaxBytes = 4 * 1024 * 1024;

    /// <summary>Requests below this size are bounded by their number alone.</summary>
    private const int SmallMaxBytes = 64 * 1024;

    private const int StackBytes = 256 * 1024;

    /// <summary>How long a client that is said farewell to may take its last messages.</summary>
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(1);

    private readonly GatewayServer _server;
    private readonly PeerIdentity _peer;
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly FrameReader _reader;
    private readonly FrameEncoder _encoder = new();
    private readonly DirectAnswers? _answers;
    private readonly Func<ReadOnlyMemory<byte>, bool>? _shortcut;
    private readonly SessionOptions _limits;
    private readonly TimeProvider _clock;
    private readonly object _gate = new();
    private readonly Queue<(SessionProtocol.IMessage Message, int Bytes)> _queue = new();
    private readonly Dictionary<ulong, long> _large = [];
    private IActorRef _session = ActorRefs.Nobody;
    private long _queuedBytes;
    private long _largeBytes;
    private int _unanswered;
    private bool _hasWriter;
    private bool _isWriting;
    private bool _isClosing;
    private bool _hasEnded;
    private ITimer? _closingTimer;
    private IDisposable? _process;

    /// <param name="machine">Null: the Session answers everything.</param>
    public GatewayClient(GatewayServer server, Stranger stranger, SessionOptions limits, MachineGate? machine, TimeProvider clock)
    {
        (_server, _peer, _socket, _limits, _clock) = (server, stranger.Peer, stranger.Socket, limits, clock);
        _stream = new NetworkStream(_socket, ownsSocket: false);
        _reader = new FrameReader(_stream, limits.InFlightBytesMax);
        _reader.Feed(stranger.Rest.Span);
        if (machine is null)
            return;
        Direct = new DirectHandles();
        _answers = new DirectAnswers(machine, Direct, (int)Math.Min(DirectMaxBytes, limits.InFlightBytesMax));
        _shortcut = TryAnswer;
    }

    public DirectHandles? Direct { get; }

    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    /// <summary>Nothing waits before what is sent now.</summary>
    private bool CanSend => !_hasEnded && !_isClosing && _queue.Count == 0 && !_isWriting;

    public void Opened(IActorRef session)
    {
        _session = session;
        WatchProcess();
        new Thread(ReadAll, StackBytes) { IsBackground = true, Name = $"gateway {_peer.Pid}" }.Start();
    }

    public void Send(SessionProtocol.IMessage message)
    {
        lock (_gate)
        {
            if (_hasEnded || _isClosing)
                return;
            if (message is SessionProtocol.Answer answer)
                Answered(answer.Id);
            if (_queue.Count > 0 || _isWriting || !TrySendNow(message))
                Enqueue(message);
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            if (_isClosing || _hasEnded)
                return;
            _isClosing = true;
            Monitor.PulseAll(_gate);
            if (_queue.Count > 0 || _isWriting)
            {
                _closingTimer = _clock.CreateTimer(_ => End(null), null, FarewellPatience, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        End(null);
    }

    /// <summary>The connection is over, whoever says so first.</summary>
    /// <param name="fault">What the client did wrong, or null.</param>
    public void End(string? reason, string? fault = null)
    {
        lock (_gate)
        {
            if (_hasEnded)
                return;
            _hasEnded = true;
            _queue.Clear();
            _queuedBytes = 0;
            Monitor.PulseAll(_gate);
        }

        _closingTimer?.Dispose();
        _process?.Dispose();
        try
        {
            _socket.Shutdown(SocketShutdown.Both); // Wakes the threads that wait in the kernel, and sends what is in its buffer.
        }
        catch (SocketException)
        {
            // The client was faster.
        }

        _socket.Dispose();
        _server.Ended(this, _peer, fault);
        _session.Tell(new SessionRegistry.ClientLost(fault ?? reason ?? "the host said farewell"), ActorRefs.NoSender);
    }

    private void WatchProcess()
    {
        var process = _server.WatchProcess(_peer, () => End("the client's process has ended"));
        lock (_gate)
        {
            if (!_hasEnded)
            {
                _process = process;
                return;
            }
        }

        process?.Dispose();
    }

    private void Enqueue(SessionProtocol.IMessage message)
    {
        var bytes = SessionCodec.SizeHint(message);
        _queue.Enqueue((message, bytes));
        _queuedBytes += bytes;
        if (!_hasWriter)
        {
            _hasWriter = true;
            new Thread(WriteAll, StackBytes) { IsBackground = true, Name = $"gateway {_peer.Pid} out" }.Start();
        }

        Monitor.PulseAll(_gate);
    }

    /// <summary>Small and the kernel has room: no other thread is needed.</summary>
    private bool TrySendNow(SessionProtocol.IMessage message) =>
        SessionCodec.SizeHint(message) <= DirectMaxBytes && TrySendNow(_encoder.Encode(message).Span);

    private bool TrySendNow(ReadOnlySpan<byte> frame)
    {
        try
        {
            if (!_socket.Poll(0, SelectMode.SelectWrite))
                return false;
            _stream.Write(frame);
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            return true; // The reading thread learns of the end and says so.
        }
    }

    private void WriteAll()
    {
        var writer = new FrameWriter(_stream);
        while (Next() is { } message)
        {
            try
            {
                writer.Write(message);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                End(e.Message);
                return;
            }
        }
    }

    /// <summary>The next message to write; null when there will be none.</summary>
    private SessionProtocol.IMessage? Next()
    {
        lock (_gate)
        {
            _isWriting = false;
            Monitor.PulseAll(_gate);
            while (_queue.Count == 0 && !_isClosing && !_hasEnded)
                Monitor.Wait(_gate);
            if (_queue.TryDequeue(out var next))
            {
                _queuedBytes -= next.Bytes;
                _isWriting = true;
                return next.Message;
            }
        }

        End(null);
        return null;
    }

    private void ReadAll()
    {
        try
        {
            while (WaitForRoom() && _reader.Read(_shortcut) is { } arrival)
                Arrived(arrival);
            End("the client ended the connection");
        }
        catch (WireFormatException wrong)
        {
            End(null, wrong.Message);
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
                Asked(request);
                _session.Tell(request, ActorRefs.NoSender);
                break;
            case SessionProtocol.Hello:
                throw new WireFormatException("a second Hello");
            case { } message:
                _session.Tell(message, ActorRefs.NoSender);
                break;
            default:
                lock (_gate)
                    _unanswered++;
                _session.Tell(new SessionRegistry.RequestTooLarge(arrival.RefusedRequest!.Value, _limits.InFlightBytesMax), ActorRefs.NoSender);
                break;
        }
    }

    private void Asked(SessionProtocol.Request request)
    {
        var bytes = RequestBytes.Of(request.Command);
        lock (_gate)
        {
            _unanswered++;
            if (bytes <= SmallMaxBytes || !_large.TryAdd(request.Id, bytes))
                return;
            _largeBytes += bytes;
        }
    }

    private void Answered(ulong id)
    {
        _unanswered--;
        if (_large.Count > 0 && _large.Remove(id, out var bytes))
            _largeBytes -= bytes;
        Monitor.PulseAll(_gate);
    }

    /// <summary>One request more than a client may have is still read, so that it is told so instead of being left waiting.</summary>
    private bool WaitForRoom()
    {
        lock (_gate)
        {
            while (!_hasEnded && (_unanswered > _limits.OutstandingMax || _largeBytes > _limits.InFlightBytesMax || _queuedBytes > QueuedMaxBytes))
                Monitor.Wait(_gate);
            return !_hasEnded;
        }
    }
}
