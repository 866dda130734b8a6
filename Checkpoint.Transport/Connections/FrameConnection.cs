using System.Net.Security;
using System.Net.Sockets;

namespace Checkpoint.Transport.Connections;

/// <summary>
/// One connection whose two sides know each other. Frames may be written from any thread; they arrive on one, in order.
/// <code>
///   --RunAsync--> open --Close: what waits is sent, then our end, then the other's--> ended
///                   `---the other side's end, an error, garbage-------------------------^
/// </code>
/// It ends exactly once, whatever happens to the socket, and nothing is thrown out of it.
/// </summary>
public sealed class FrameConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly ConnectionOptions _options;
    private readonly TimeProvider _clock;
    private readonly SendQueue _queue;
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abort = new();
    private int _closed;

    /// <param name="stream">Over the socket: its own, or what TLS makes of it. Both belong to the connection from now on.</param>
    public FrameConnection(Socket socket, Stream stream, ConnectionOptions options, TimeProvider clock)
    {
        (_socket, _stream, _options, _clock) = (socket, stream, options, clock);
        _queue = new SendQueue(options.QueueMaxBytes);
    }

    /// <returns>False: not taken, and never sent; the same frame may be tried again later.</returns>
    public bool TryWrite(ReadOnlyMemory<byte> frame) => frame.Length <= _options.FrameMaxBytes && _queue.TryAdd(frame);

    /// <summary>Begins the end. Any number of times, from any thread; does not wait.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        _queue.Close();
        _closing.SetResult();
    }

    /// <summary>Ends at once; what waits is not sent.</summary>
    public void Abort() => _abort.Cancel();

    /// <summary>Lives as long as the connection.</summary>
    /// <param name="frame">Is given each frame, and keeps its array.</param>
    /// <returns>Null when it was closed by one of the sides, else why it ended.</returns>
    /// <exception cref="Exception">What <paramref name="frame"/> threw; the connection has ended.</exception>
    public async Task<Exception?> RunAsync(Action<byte[]> frame)
    {
        try
        {
            var reading = ReadAsync(frame);
            var writing = WriteAsync();
            // Either loop's end begins the other's: who cannot be heard needs no answer.
            var first = await Task.WhenAny(reading, writing, _closing.Task).ConfigureAwait(false);
            var reason = first is Task<Exception?> ended ? await ended.ConfigureAwait(false) : null;
            Close();
            using var limit = new CancellationTokenSource(reason is null ? _options.CloseTimeout : TimeSpan.Zero, _clock);
            await using var aborting = limit.Token.Register(_abort.Cancel);
            await Task.WhenAll(reading, writing).ConfigureAwait(false);
            return reason;
        }
        finally
        {
            Close();
            await _stream.DisposeAsync().ConfigureAwait(false);
            _socket.Dispose();
        }
    }

    /// <summary>For one that is never run.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private async Task<Exception?> ReadAsync(Action<byte[]> frame)
    {
        var cutter = new FrameCutter(_options.FrameMaxBytes, frame);
        try
        {
            while (true)
            {
                var count = await _stream.ReadAsync(cutter.Free, _abort.Token).ConfigureAwait(false);
                if (count == 0)
                    return cutter.IsBetweenFrames ? null : new FrameException("the connection ended within a frame");
                cutter.Added(count);
            }
        }
        catch (Exception e) when (Ends(e))
        {
            return Reason(e);
        }
    }

    private async Task<Exception?> WriteAsync()
    {
        try
        {
            await _queue.SendAsync(_stream, _abort.Token).ConfigureAwait(false);
            if (_stream is SslStream tls)
                await tls.ShutdownAsync().WaitAsync(_abort.Token).ConfigureAwait(false);
            _socket.Shutdown(SocketShutdown.Send);
            return null;
        }
        catch (Exception e) when (Ends(e))
        {
            return Reason(e);
        }
    }

    /// <summary>Whatever a stream, TLS or the socket below throws ends this connection and nothing else.</summary>
    private static bool Ends(Exception e) =>
        e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException
            or System.Security.Authentication.AuthenticationException;

    private Exception? Reason(Exception e) => _abort.IsCancellationRequested && Volatile.Read(ref _closed) != 0 ? null : e;
}
