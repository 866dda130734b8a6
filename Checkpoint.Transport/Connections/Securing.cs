using System.Net.Security;
using System.Net.Sockets;
using Checkpoint.Transport.Tls;

namespace Checkpoint.Transport.Connections;

/// <summary>What both sides do before the first frame. Whatever goes wrong costs this connection; its socket is closed then.</summary>
internal static class Securing
{
    /// <param name="tls">Null: plain.</param>
    /// <param name="host">The name or address by which the other side was reached.</param>
    public static Task<Stream> AsClientAsync(Socket socket, TlsCredentials? tls, string host, CancellationToken stop) =>
        SecureAsync(socket, tls is null ? null : stream => stream.AuthenticateAsClientAsync(tls.ForClient(host), stop));

    public static Task<Stream> AsServerAsync(Socket socket, TlsCredentials? tls, CancellationToken stop) =>
        SecureAsync(socket, tls is null ? null : stream => stream.AuthenticateAsServerAsync(tls.ForServer(), stop));

    private static async Task<Stream> SecureAsync(Socket socket, Func<SslStream, Task>? handshake)
    {
        var stream = new NetworkStream(socket, ownsSocket: false);
        if (handshake is null)
            return stream;
        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await handshake(secured).ConfigureAwait(false);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
