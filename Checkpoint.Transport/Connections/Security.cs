using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Checkpoint.Transport.Secrets;
using Checkpoint.Transport.Tls;

namespace Checkpoint.Transport.Connections;

/// <summary>
/// What both sides do before the first frame: TLS, then the proof of a secret, each where it is asked for. Whatever goes wrong costs this
/// connection.
/// </summary>
/// <param name="Tls">Null: no TLS.</param>
/// <param name="Secret">Null: none is asked for, and who connects may be anything.</param>
/// <param name="Own">What this side says that it is.</param>
internal sealed record Security(TlsSource? Tls, SharedSecret? Secret, Role Own)
{
    /// <param name="host">The name or address by which the other side was reached.</param>
    public Task<(Stream Stream, Role? Peer)> AsClientAsync(Socket socket, string host, CancellationToken stop) => SecureAsync(
        socket,
        Tls?.Current is { } tls ? stream => stream.AuthenticateAsClientAsync(tls.ForClient(host), stop) : null,
        (stream, secret) => SecretHandshake.AsClientAsync(stream, secret, Own, ((IPEndPoint)socket.RemoteEndPoint!).Port, stop));

    public Task<(Stream Stream, Role? Peer)> AsServerAsync(Socket socket, CancellationToken stop) => SecureAsync(
        socket,
        Tls?.Current is { } tls ? stream => stream.AuthenticateAsServerAsync(tls.ForServer(), stop) : null,
        (stream, secret) => SecretHandshake.AsServerAsync(stream, secret, Own, ((IPEndPoint)socket.LocalEndPoint!).Port, stop));

    private async Task<(Stream Stream, Role? Peer)> SecureAsync(Socket socket, Func<SslStream, Task>? encrypt, Func<Stream, SharedSecret, Task<Role>> prove)
    {
        Stream stream = new NetworkStream(socket, ownsSocket: false);
        try
        {
            if (encrypt is not null)
            {
                var secured = new SslStream(stream, leaveInnerStreamOpen: false);
                stream = secured;
                await encrypt(secured).ConfigureAwait(false);
            }

            return (stream, Secret is null ? null : await prove(stream, Secret).ConfigureAwait(false));
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
