using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Checkpoint.Protocol;

/// <summary>
/// A process's connection to the host on its machine, over the Unix socket. Any number of requests may be on their way at once;
/// answers are matched by id. Thread-safe. When the connection ends, what was on its way fails with <see cref="GatewayClosedException"/>
/// (the outcome is unknown).
/// </summary>
public sealed class GatewayConnection : IAsyncDisposable
{
    /// <summary>Bytes of unfinished large answers at a time.</summary>
    private const long ParcelBytesMax = 512L * 1024 * 1024;

    /// <summary>Pushes that nobody took; the session's change credits keep it far below, so passing it ends the connection.</summary>
    private const int PushesMax = 65_536;

    /// <summary>How much longer than its own deadline a request is waited for: the host answers TIMEOUT itself unless it hangs.</summary>
    private static readonly TimeSpan AnswerGrace = TimeSpan.FromSeconds(2);

    private readonly Socket _socket;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private readonly TimeProvider _clock;
    private readonly Lock _writing = new();
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<SessionProtocol.Answer>> _outstanding = new();
    private readonly Channel<SessionProtocol.IMessage> _pushes = Channel.CreateBounded<SessionProtocol.IMessage>(PushesMax);
    private readonly TaskCompletionSource<Exception?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SessionProtocol.Farewell? _farewell;
    private ulong _lastId;

    private GatewayConnection(Socket socket, FrameReader reader, FrameWriter writer, SessionProtocol.Welcome welcome, TimeProvider clock)
    {
        (_socket, _reader, _writer, Welcome, _clock) = (socket, reader, writer, welcome, clock);
        new Thread(ReadAll, 256 * 1024) { IsBackground = true, Name = "gateway connection" }.Start();
    }

    public SessionProtocol.Welcome Welcome { get; }

    /// <summary>Changed, Gap and Farewell, in order; completes when the connection ends.</summary>
    public ChannelReader<SessionProtocol.IMessage> Pushes => _pushes.Reader;

    /// <summary>Completes when the connection has ended: with null after <see cref="DisposeAsync"/>, else with the reason.</summary>
    public Task<Exception?> Closed => _closed.Task;

    /// <exception cref="SocketException">No host listens at <paramref name="path"/>, or it may not be reached.</exception>
    /// <exception cref="GatewayRefusedException">The host does not take this client: its Farewell says why.</exception>
    /// <exception cref="WireFormatException">What listens there is no host of ours.</exception>
    /// <exception cref="IOException">The connection failed in the handshake.</exception>
    public static async Task<GatewayConnection> ConnectAsync(
        string path, SessionProtocol.Hello hello, TimeProvider clock, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using var stop = cancel.UnsafeRegister(static state => ((Socket)state!).Dispose(), socket);
            return await Task.Run(() => Handshake(socket, path, hello, clock), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            socket.Dispose();
            throw new OperationCanceledException(cancel);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one request and waits for its answer.</summary>
    /// <param name="budget">Nanoseconds that the request may take; <see cref="AisTime.End"/> is without limit.</param>
    /// <exception cref="GatewayClosedException">The connection ended: whether the request took effect is unknown.</exception>
    public async Task<SessionProtocol.Answer> SendAsync(SessionProtocol.Command command, long budget, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<SessionProtocol.Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _outstanding[id] = answer;
        try
        {
            if (_closed.Task.IsCompleted)
                throw new GatewayClosedException(await _closed.Task.ConfigureAwait(false));
            Write(new SessionProtocol.Request(id, budget, command));
            var patience = AisTime.ToTimeSpan(budget);
            return patience > TimeSpan.FromDays(1)
                ? await answer.Task.WaitAsync(cancel).ConfigureAwait(false)
                : await answer.Task.WaitAsync(patience + AnswerGrace, _clock, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new SessionProtocol.Answer(id, AisStatus.Timeout, $"the host did not answer within {AisTime.ToTimeSpan(budget) + AnswerGrace}");
        }
        finally
        {
            _outstanding.TryRemove(id, out _);
        }
    }

    /// <summary>Sends what has no answer of its own: <see cref="SessionProtocol.ChangeCredit"/>, <see cref="SessionProtocol.Heartbeat"/>.</summary>
    /// <exception cref="GatewayClosedException">The connection has ended.</exception>
    public void Tell(SessionProtocol.IMessage message) => Write(message);

    /// <summary>Ends the connection: the host closes everything that was opened through it.</summary>
    public async ValueTask DisposeAsync()
    {
        End(null);
        await _closed.Task.ConfigureAwait(false);
    }

    /// <returns>Why the host did not take it. A host that refuses a connection may have closed it by then; what it said can still be read.</returns>
    private static IOException? Greet(NetworkStream stream, FrameWriter writer, SessionProtocol.Hello hello)
    {
        try
        {
            stream.Write(GatewayFrame.Preamble(SessionProtocol.Version));
            writer.Write(hello);
            return null;
        }
        catch (IOException e)
        {
            return e;
        }
    }

    private static GatewayConnection Handshake(Socket socket, string path, SessionProtocol.Hello hello, TimeProvider clock)
    {
        socket.Connect(new UnixDomainSocketEndPoint(path));
        var stream = new NetworkStream(socket, ownsSocket: false);
        var writer = new FrameWriter(stream);
        var refused = Greet(stream, writer, hello);

        var preamble = new byte[GatewayFrame.PreambleBytes];
        try
        {
            stream.ReadExactly(preamble);
        }
        catch (IOException e) when (refused is not null)
        {
            throw new IOException(refused.Message, e);
        }

        var version = GatewayFrame.ReadPreamble(preamble);
        var reader = new FrameReader(stream, ParcelBytesMax);
        return reader.Read()?.Message switch
        {
            SessionProtocol.Welcome welcome => new GatewayConnection(socket, reader, writer, welcome, clock),
            SessionProtocol.Farewell farewell => throw new GatewayRefusedException(farewell.Status, farewell.Reason),
            null => throw new EndOfStreamException($"the host (protocol {version}) ended the connection in the handshake"),
            var other => throw new WireFormatException($"{other.GetType().Name} instead of a welcome"),
        };
    }

    private void Write(SessionProtocol.IMessage message)
    {
        try
        {
            lock (_writing)
                _writer.Write(message);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            End(e);
            throw new GatewayClosedException(e);
        }
    }

    private void ReadAll()
    {
        try
        {
            while (_reader.Read() is { } arrival)
                Take(arrival);
            End(_farewell is { } farewell
                ? new GatewayRefusedException(farewell.Status, farewell.Reason)
                : new EndOfStreamException("the host ended the connection"));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException or WireFormatException or GatewayClosedException)
        {
            End(e);
        }
    }

    private void Take(FrameArrival arrival)
    {
        switch (arrival.Message)
        {
            case SessionProtocol.Answer answer:
                if (_outstanding.TryRemove(answer.Id, out var waiting))
                    waiting.TrySetResult(answer);
                break;
            case SessionProtocol.Heartbeat { IsAnswer: false } beat:
                Write(beat with { IsAnswer = true });
                break;
            case SessionProtocol.Heartbeat:
                break;
            case { } push:
                _farewell ??= push as SessionProtocol.Farewell;
                if (!_pushes.Writer.TryWrite(push))
                    throw new WireFormatException($"more than {PushesMax} change events were not taken");
                break;
            default:
                throw new WireFormatException($"an answer is above {ParcelBytesMax} bytes");
        }
    }

    private void End(Exception? why)
    {
        if (!_closed.TrySetResult(why))
            return;
        _socket.Dispose();
        _pushes.Writer.TryComplete();
        foreach (var (_, waiting) in _outstanding)
            waiting.TrySetException(new GatewayClosedException(why));
    }
}
