using System.Net;
using System.Net.Sockets;

namespace Checkpoint.Tests.Transport;

/// <summary>Something else at the address of a member: it lets connect, and then misbehaves.</summary>
internal sealed class BadServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Way _way;

    public BadServer(Way way)
    {
        _way = way;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(8);
        Tried = TryAsync();
    }

    public enum Way
    {
        Close,
        Reset,
        CloseAfterHello,
        ResetAfterHello,
        Garbage,
        HugeFrame,
        Silent,
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Somebody connected, and it was done to it.</summary>
    public Task Tried { get; }

    public void Dispose() => _listener.Dispose();

    private async Task TryAsync()
    {
        using var socket = await _listener.AcceptAsync();
        var hello = new byte[16];
        if (_way is not (Way.Close or Way.Reset))
            await socket.ReceiveAsync(hello);
        switch (_way)
        {
            case Way.Reset or Way.ResetAfterHello:
                socket.Close(0);
                break;
            case Way.Garbage:
                await socket.SendAsync("220 mail.example ready\r\n"u8.ToArray());
                await EndAsync(socket);
                break;
            case Way.HugeFrame:
                await socket.SendAsync(new byte[] { 0xFF, 0xFF, 0xFF, 0x7F, 1 });
                await EndAsync(socket);
                break;
            case Way.Silent:
                await EndAsync(socket);
                break;
        }
    }

    /// <summary>Until the other side has had enough.</summary>
    private static async Task EndAsync(Socket socket)
    {
        try
        {
            while (await socket.ReceiveAsync(new byte[1024]) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // It broke off.
        }
    }
}
