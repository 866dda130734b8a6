using System.Net.Sockets;
using Akka.Event;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Host.Gateway;

/// <summary>What comes from who is no client of ours, and who does not behave.</summary>
public sealed class GatewayAttackTests() : GatewayFixture(
    clientsMax: 512, handshakeTimeout: TimeSpan.FromSeconds(3), limits: SessionOptions.Defaults with { InFlightBytesMax = 1_000_000 })
{
    [Fact(DisplayName = "Random bytes, a truncated frame, a length of 4 GiB, no Hello first: cut off, one line in the log, others served")]
    public async Task Rubbish()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        await using var good = await ConnectAsync();
        var handle = await OpenAsync(good);
        var random = new Random(3);
        var noise = new byte[3000];
        random.NextBytes(noise);
        byte[] preamble = GatewayFrame.Preamble(SessionProtocol.Version);
        byte[][] attacks =
        [
            noise,
            [.. preamble, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0],
            [.. preamble, 200, 0, 0, 0, 1, 0, 0, 0, .. new byte[200]],
            [.. preamble, .. Frame(new SessionProtocol.Heartbeat(1, false))],
        ];
        foreach (var attack in attacks)
        {
            using var socket = ConnectRaw();
            socket.Send(attack);
            Assert.True(IsCutOff(socket));
        }

        using (var truncated = ConnectRaw())
        {
            truncated.Send(preamble.AsSpan(0, 5));
            truncated.Shutdown(SocketShutdown.Send);
            Assert.True(IsCutOff(truncated));
        }

        var line = await ExpectMsgAsync<Warning>(TimeSpan.FromSeconds(20));
        Assert.Contains("cut off", line.Message.ToString(), StringComparison.Ordinal);
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(200));
        Assert.Equal(AisStatus.Ok, (await WriteAsync(good, handle, 10)).Status);
    }

    [Fact(DisplayName = "After the Welcome too: a frame of 4 GiB, an unknown message, a host's message, a second Hello end the session, and no other")]
    public async Task Rubbish_after_the_welcome()
    {
        await using var good = await ConnectAsync();
        byte[][] attacks =
        [
            [0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0],
            [3, 0, 0, 0, 1, 0, 0, 0, 99, 1, 2],
            Frame(new SessionProtocol.Answer(1, AisStatus.Ok)),
            Frame(Hello),
            [17, 0, 0, 0, 2, 0, 0, 0, .. new byte[8], 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F, 1, .. new byte[200]],
        ];
        foreach (var attack in attacks)
        {
            using var socket = ConnectRaw();
            socket.Send([.. GatewayFrame.Preamble(SessionProtocol.Version), .. Frame(Hello)]);
            socket.Send(attack);
            Assert.True(IsCutOff(socket));
        }

        await OpenAsync(good);
    }

    [Fact(DisplayName = "A thousand idle connections are cut off, and meanwhile clients come and are served")]
    public async Task Idle_connections()
    {
        await using var before = await ConnectAsync();
        var idle = new List<Socket>();
        for (var i = 0; i < 1000; i++)
            idle.Add(ConnectRaw());
        await using var during = await ConnectAsync();
        await OpenAsync(during);
        await OpenAsync(before);
        Assert.All(idle, socket => Assert.True(IsCutOff(socket)));
        idle.ForEach(socket => socket.Dispose());
    }

    [Fact(DisplayName = "A Hello that comes byte by byte is served when it is in time, and cut off when it is not")]
    public void Slow_hello()
    {
        using var slow = ConnectRaw();
        foreach (var one in (byte[])[.. GatewayFrame.Preamble(SessionProtocol.Version), .. Frame(Hello)])
            slow.Send([one]);
        using var stream = new NetworkStream(slow);
        stream.ReadExactly(new byte[GatewayFrame.PreambleBytes]);
        Assert.IsType<SessionProtocol.Welcome>(new FrameReader(stream, 1_000_000).Read()!.Value.Message);

        using var slower = ConnectRaw();
        slower.Send(GatewayFrame.Preamble(SessionProtocol.Version));
        Assert.True(IsCutOff(slower));
    }

    [Fact(DisplayName = "A request above a client's bytes is NO_MEMORY with limit, and the connection goes on")]
    public async Task Request_above_the_limit()
    {
        await using var connection = await ConnectAsync();
        var handle = await OpenAsync(connection);
        var refused = await WriteAsync(connection, handle, 3_000_000);
        Assert.Equal(AisStatus.NoMemory, refused.Status);
        Assert.Contains("1000000", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(AisStatus.Ok, (await WriteAsync(connection, handle, 900_000)).Status);
    }

    [Fact(DisplayName = "A client that sends requests and reads no answer is not read any further; others are served, and its death frees everything")]
    public async Task Deaf_client()
    {
        await using var good = await ConnectAsync();
        using var deaf = ConnectRaw();
        deaf.Send([.. GatewayFrame.Preamble(SessionProtocol.Version), .. Frame(Hello)]);
        deaf.SendTimeout = 2000;
        var request = Frame(new SessionProtocol.Request(1, 1_000_000_000, new SessionProtocol.ShowCheckpoint(new CheckpointName(new string('x', 2000)))));
        var sent = 0L;
        try
        {
            while (sent < 64L * 1024 * 1024)
                sent += deaf.Send(request);
        }
        catch (SocketException e)
        {
            // Which limit it meets first is a matter of the threads' pace: it is not read any further, or its session gives it up.
            Assert.Contains(e.SocketErrorCode, new[] { SocketError.TimedOut, SocketError.Shutdown, SocketError.ConnectionReset });
        }

        Assert.InRange(sent, 1, 32L * 1024 * 1024);
        await OpenAsync(good);
        deaf.Dispose();
        await AwaitConditionAsync(() => Task.FromResult(Server.ClientCount == 1), TimeSpan.FromSeconds(30));
    }

    private static Task<SessionProtocol.Answer> WriteAsync(GatewayConnection connection, ulong handle, int bytes) => connection.SendAsync(
        new SessionProtocol.Change(handle, new ContentOp.Overwrite(new SectionId("s"), new byte[bytes])), 30_000_000_000, CancellationToken.None);

    private static byte[] Frame(SessionProtocol.IMessage message)
    {
        var stream = new MemoryStream();
        new FrameWriter(stream).Write(message);
        return stream.ToArray();
    }
}
