using System.Collections.Concurrent;
using System.Net.Sockets;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cli;

/// <summary>
/// A host's socket without a host: speaks the real frames on a real Unix socket, and answers what the test says. A handler returns the
/// messages to send for a request; null, alone or among them, ends the connection.
/// </summary>
public sealed class FakeGateway : IAsyncDisposable
{
    public static readonly HostId Host = new("127.0.0.1:4711", 77);

    private readonly string _directory = Directory.CreateTempSubdirectory("cli-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<SessionProtocol.Request, IEnumerable<SessionProtocol.IMessage?>?> _handler;
    private readonly Task _accepting;

    /// <param name="path">Of its socket; a directory of its own without one.</param>
    public FakeGateway(Func<SessionProtocol.Request, IEnumerable<SessionProtocol.IMessage?>?> handler, string? path = null)
    {
        _handler = handler;
        Path = path ?? System.IO.Path.Combine(_directory, "h.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string Path { get; }

    /// <summary>Every command and credit that arrived, in order.</summary>
    public ConcurrentQueue<object> Received { get; } = new();

    /// <summary>Answers each command with what <paramref name="answer"/> makes of it.</summary>
    public static FakeGateway Answering(Func<SessionProtocol.Command, SessionProtocol.Result?> answer) =>
        new(request => [new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: answer(request.Command))]);

    public static FakeGateway Refusing(AisStatus status, string reason) => new(request => [new SessionProtocol.Answer(request.Id, status, reason)]);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Directory.Delete(_directory, recursive: true);
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await stream.WriteAsync(GatewayFrame.Preamble(SessionProtocol.Version), _stop.Token);
            await stream.ReadExactlyAsync(new byte[GatewayFrame.PreambleBytes], _stop.Token);
            var reader = new FrameReader(stream, 1 << 20);
            var writer = new FrameWriter(stream);
            while (await reader.ReadAsync(_stop.Token) is { Message: { } message })
            {
                if (Replies(message) is not { } replies)
                    return;
                foreach (var reply in replies)
                {
                    if (reply is null)
                        return;
                    await writer.WriteAsync(reply, _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The test or the client is done with this connection.
        }
    }

    private IEnumerable<SessionProtocol.IMessage?>? Replies(SessionProtocol.IMessage message)
    {
        switch (message)
        {
            case SessionProtocol.Hello:
                return [new SessionProtocol.Welcome(SessionProtocol.Version, new SessionId(Guid.Empty), "node1", Host, 1_000_000_000, 5_000_000_000, 64, Profile.Strict)];
            case SessionProtocol.Request request:
                Received.Enqueue(request.Command);
                return _handler(request);
            default:
                Received.Enqueue(message);
                return [];
        }
    }
}
