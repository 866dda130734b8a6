using System.Net;
using System.Net.Sockets;
using Checkpoint.Transport.Connections;

namespace Checkpoint.Tests.Transport;

/// <summary>Two sockets of this process that are connected with each other.</summary>
internal static class ConnectedPair
{
    public static async Task<(Socket Left, Socket Right)> OfAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var left = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var accepting = listener.AcceptAsync();
        await left.ConnectAsync(listener.LocalEndPoint!);
        return (left, await accepting);
    }

    public static FrameConnection Plain(Socket socket, ConnectionOptions? options = null) =>
        new(socket, new NetworkStream(socket, ownsSocket: false), options ?? new ConnectionOptions(), TimeProvider.System);
}
