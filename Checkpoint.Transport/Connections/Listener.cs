using System.Net;
using System.Net.Sockets;

namespace Checkpoint.Transport.Connections;

/// <summary>A bound port. Accepts when it is told to begin, until it is disposed of.</summary>
internal sealed class Listener : IDisposable
{
    private const int Backlog = 512;

    /// <summary>Before the next try when the process has no descriptor left: the connection stays in the backlog meanwhile.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Socket _socket;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();

    /// <exception cref="SocketException">The address is in use, or not of this machine.</exception>
    public Listener(IPEndPoint address, TimeProvider clock)
    {
        _clock = clock;
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // ReuseAddress is not set: on Linux the runtime makes SO_REUSEPORT of it as well, and two processes would share the port.
            _socket.Bind(address);
            _socket.Listen(Backlog);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <param name="accepted">Takes the socket over; does not wait.</param>
    /// <param name="failed">Hears why one was not accepted; the next is tried after a moment.</param>
    public async Task AcceptAsync(Action<Socket> accepted, Action<SocketException> failed)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                accepted(await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false));
            }
            catch (SocketException e) when (!_stop.IsCancellationRequested)
            {
                failed(e);
                if (e.SocketErrorCode is not (SocketError.ConnectionReset or SocketError.ConnectionAborted))
                    await Task.Delay(Pause, _clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
    }
}
