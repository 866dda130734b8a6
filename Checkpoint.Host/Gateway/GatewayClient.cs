using System.Net.Sockets;
using Akka.Actor;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;

namespace Checkpoint.Host.Gateway;

/// <summary>
/// One client of the local socket. Its own thread reads, blocking: it answers what this host alone decides
/// (<see cref="DirectAnswers"/>) and tells the Session everything else. The Session's answers go out on its thread while the socket takes
/// them, else on a writing thread that is started when it is first needed. Reading stops while the client has
/// too much on its way or does not take its answers, so nothing here grows with what a client sends. The client ends with its
/// connection or with its process, whichever ends first (ais-ckpt 2.10).
/// </summary>
internal sealed partial class GatewayClient : IClientLink
{
    /// <summary>A frame up to this size never blocks once the kernel calls the socket writable (a quarter of its buffer used at most).</summary>
    private const int DirectMaxBytes = 64 * 1024;

    /// <summary>Bytes that wait for a client before its requests are no longer read.</summary>
    private const long QueuedMaxBytes = 4 * 1024 * 1024;

    /// <summary>How long a large request may wait for room before it is refused: others that keep it without need are cut off earlier.</summary>
    private static readonly TimeSpan RoomPatience = 2 * ByteBudget.Patience;

    private const int StackBytes = 256 * 1024;

    /// <summary>How long a client that is said farewell to may take its last messages.</summary>
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(1);

    private readonly GatewayServer _server;
    private readonly PeerIdentity _peer;
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly ReadOnlyMemory<byte> _readAhead;
    private readonly FrameEncoder _encoder = new();
    private readonly DirectAnswers? _answers;
    private readonly Func<ReadOnlyMemory<byte>, bool>? _shortcut;
    private readonly SessionOptions _limits;
    private readonly TimeProvider _clock;
    private readonly object _gate = new();
    private readonly Queue<(SessionProtocol.IMessage Message, int Bytes)> _queue = new();
    private IActorRef _session = ActorRefs.Nobody;
    private SessionRoom? _room;
    private RequestRoom? _requests;
    private FrameReader? _reader;
    private long _queuedBytes;
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
        _readAhead = stranger.Rest;
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

    public void Opened(IActorRef session, SessionRoom room)
    {
        (_session, _room) = (session, room);
        _requests = new RequestRoom(room.Requests, RoomPatience);
        _reader = new FrameReader(_stream, _limits.InFlightBytesMax, _requests);
        _reader.Feed(_readAhead.Span);
        WatchProcess();
        if (!TryStart(ReadAll, ""))
            Refuse();
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
            else
                _room?.Answers.Release(SessionRoom.BytesOf(message));
        }
    }

    public void Abort() => End("it does not move");

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

        _room?.Close();
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
        _room?.Answers.Waits();
        if (!_hasWriter && !(_hasWriter = TryStart(WriteAll, " out")))
            ThreadPool.UnsafeQueueUserWorkItem(_ => End(null, "no thread is left for its answers"), null); // Not under the lock.
        Monitor.PulseAll(_gate);
    }

    /// <summary>A machine that has no thread left refuses this client, and nothing else.</summary>
    private bool TryStart(ThreadStart work, string name)
    {
        try
        {
            new Thread(work, StackBytes) { IsBackground = true, Name = $"gateway {_peer.Pid}{name}" }.Start();
            return true;
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            return false;
        }
    }

    private void Refuse()
    {
        Send(new SessionProtocol.Farewell(AisStatus.NoResources, "this host has no thread left for another client"));
        End(null, "no thread is left for it");
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
        Action? moved = _room is null ? null : _room.Answers.Moved;
        while (Next() is { } message)
        {
            try
            {
                writer.Write(message, moved);
                _room?.Answers.Release(SessionRoom.BytesOf(message));
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
            if (_queue.Count == 0)
                _room?.Answers.IsIdle();
            else
                _room?.Answers.Moved();
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
}
