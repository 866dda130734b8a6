using System.Net.Sockets;
using Checkpoint.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Checkpoint.Host.Gateway;

/// <summary>
/// One descriptor that is kept for the moment when there is no other: with it a connection can be accepted, told why, and closed, instead of
/// being left in the backlog. Not thread-safe.
/// </summary>
internal sealed class SpareDescriptor : IDisposable
{
    /// <summary>How long a client that is refused may take to say Hello: who is cut off before cannot read why.</summary>
    private const int HelloMicroseconds = 50_000;

    private SafeFileHandle? _spare = Take();

    /// <summary>Refuses the connection that waits first, when descriptors have run out.</summary>
    /// <returns>False when there was none to refuse, or no descriptor even for that.</returns>
    public bool Refuse(Socket listener, string why)
    {
        if (_spare is null)
        {
            _spare = Take(); // Somebody else was faster last time.
            return false;
        }

        _spare.Dispose();
        try
        {
            if (!listener.Poll(0, SelectMode.SelectRead))
                return false;
            using var socket = listener.Accept();
            if (socket.Poll(HelloMicroseconds, SelectMode.SelectRead))
                socket.Receive(new byte[1024]);
            socket.Send(GatewayFrame.Preamble(SessionProtocol.Version));
            socket.Send(new FrameEncoder().Encode(new SessionProtocol.Farewell(AisStatus.NoResources, why)).Span);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        finally
        {
            _spare = Take();
        }
    }

    public void Dispose() => _spare?.Dispose();

    private static SafeFileHandle? Take()
    {
        try
        {
            return File.OpenHandle("/dev/null");
        }
        catch (IOException)
        {
            return null;
        }
    }
}
