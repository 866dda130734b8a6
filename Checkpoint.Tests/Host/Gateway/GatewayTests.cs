using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Sessions;
using Checkpoint.Cli;
using Checkpoint.Protocol;
using Checkpoint.Tests.Cli;
using Checkpoint.Tests.Processes;

namespace Checkpoint.Tests.Host.Gateway;

public sealed class GatewayTests : GatewayFixture
{
    [Fact(DisplayName = "The socket has mode 0660 in a directory of mode 0750")]
    public void Modes()
    {
        Assert.Equal("0660", Octal(File.GetUnixFileMode(Options.SocketPath)));
        Assert.Equal("0750", Octal(File.GetUnixFileMode(Path.GetDirectoryName(Options.SocketPath)!)));

        static string Octal(UnixFileMode mode) => "0" + Convert.ToString((int)mode, 8);
    }

    // Only root can become somebody else; for others this shows that their own user is let in.
    [Fact(DisplayName = "Where the modes let everybody connect, who is neither the host's user nor in its group is told so, and not to try again")]
    public async Task Turned_away()
    {
        const UnixFileMode Everybody = (UnixFileMode)0x1FF;
        for (var path = Options.SocketPath; path.Length > Path.GetTempPath().Length; path = Path.GetDirectoryName(path)!)
            File.SetUnixFileMode(path, Everybody);
        var directory = Directory.CreateTempSubdirectory("other-").FullName;
        File.SetUnixFileMode(directory, Everybody);
        await using var other = CliProcess.StartAsOther(directory, "fault", "collect", "--socket", Options.SocketPath);

        var (exitCode, _, error) = await other.EndAsync();

        Directory.Delete(directory, recursive: true);
        if (OtherUser.IsRoot)
        {
            Assert.Equal(ExitCode.NotPermitted, exitCode);
            Assert.StartsWith($"checkpoint: SA_AIS_ERR_ACCESS: {Options.SocketPath}: the host refuses: Access: neither of the host's user nor of its group\n", error);
        }
        else
        {
            Assert.NotEqual(ExitCode.NotPermitted, exitCode);
        }
    }

    [Fact(DisplayName = "Hundreds of requests at once on one connection are each answered once, with what they asked for")]
    public async Task Many_outstanding()
    {
        await using var connection = await ConnectAsync();
        Assert.Equal(("node1", Profile.Strict), (connection.Welcome.HostName, connection.Welcome.Profile));
        var handle = await OpenAsync(connection);
        var writes = Enumerable.Range(0, 500).Select(i => SendAsync(
            connection, new SessionProtocol.Change(handle, new ContentOp.Overwrite(new SectionId($"s{i}"), BitConverter.GetBytes(i)))));
        Assert.All(await Task.WhenAll(writes), answer => Assert.Equal(AisStatus.Ok, answer.Status));

        var reads = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => SendAsync(
            connection, new SessionProtocol.Read(handle, [new(new SectionId($"s{i}"), 0, ReadElement.Whole)]))));
        Assert.Equal(
            Enumerable.Range(0, 500),
            reads.Select(answer => BitConverter.ToInt32(Assert.IsType<SessionProtocol.Data>(answer.Body).Buffers[0].Span)));
    }

    [Fact(DisplayName = "64 MiB are written and read back, while small requests of the same client pass")]
    public async Task Large()
    {
        await using var connection = await ConnectAsync();
        var handle = await OpenAsync(connection);
        var large = new byte[64 * 1024 * 1024];
        new Random(7).NextBytes(large);
        var write = SendAsync(connection, new SessionProtocol.Change(handle, new ContentOp.Overwrite(new SectionId("large"), large)));
        var small = SendAsync(connection, new SessionProtocol.Change(handle, new ContentOp.Overwrite(new SectionId("small"), new byte[1])));
        Assert.Equal(AisStatus.Ok, (await write).Status);
        Assert.Equal(AisStatus.Ok, (await small).Status);

        var read = await SendAsync(connection, new SessionProtocol.Read(handle, [new(new SectionId("large"), 0, ReadElement.Whole)]));
        Assert.True(Assert.IsType<SessionProtocol.Data>(read.Body).Buffers[0].Span.SequenceEqual(large));
    }

    [Fact(DisplayName = "When a connection ends, what it had open is closed, once each")]
    public async Task Death()
    {
        var connection = await ConnectAsync();
        await OpenAsync(connection, "safCkpt=a");
        await OpenAsync(connection, "safCkpt=b");
        await connection.DisposeAsync();
        var closed = new[] { await ClosedAsync(), await ClosedAsync() };
        Assert.Equal(["safCkpt=a", "safCkpt=b"], closed.Order());
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));

        async Task<string> ClosedAsync() => (await ExpectMsgAsync<CheckpointProtocol.Close>(TimeSpan.FromSeconds(20))).Name.ToString();
    }

    [Fact(DisplayName = "A request in flight when the host ends fails, and so does the next one")]
    public async Task Host_ends()
    {
        await using var connection = await ConnectAsync();
        var handle = await OpenAsync(connection);
        Server.Dispose();
        Assert.NotNull(await connection.Closed.WaitAsync(TimeSpan.FromSeconds(20)));
        await Assert.ThrowsAsync<GatewayClosedException>(() => SendAsync(connection, new SessionProtocol.Close(handle)));
    }

    [Fact(DisplayName = "A version that nobody serves is refused in the handshake with its reason")]
    public async Task Refused_version()
    {
        var hello = Hello with { RequestedVersion = new AisVersion((byte)'C', 1, 1) };
        var refused = await Assert.ThrowsAsync<GatewayRefusedException>(
            () => GatewayConnection.ConnectAsync(Options.SocketPath, hello, TimeProvider.System, CancellationToken.None));
        Assert.Equal(AisStatus.Version, refused.Status);
    }

    [Fact(DisplayName = "More clients than clients-max: the next is refused with NO_RESOURCES, the others go on, and a place that becomes free is given away")]
    public async Task Too_many_clients()
    {
        var connections = new List<GatewayConnection>();
        for (var i = 0; i < Options.ClientsMax; i++)
            connections.Add(await ConnectAsync());
        Assert.Equal(AisStatus.NoResources, (await Assert.ThrowsAsync<GatewayRefusedException>(ConnectAsync)).Status);
        await OpenAsync(connections[0]);

        await connections[1].DisposeAsync();
        await AwaitConditionAsync(() => Task.FromResult(Server.ClientCount < Options.ClientsMax), TimeSpan.FromSeconds(20));
        connections.Add(await ConnectAsync());
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    [Fact(DisplayName = "Heartbeats are answered")]
    public void Heartbeats()
    {
        using var socket = ConnectRaw();
        using var stream = new System.Net.Sockets.NetworkStream(socket);
        stream.Write(GatewayFrame.Preamble(SessionProtocol.Version));
        var writer = new FrameWriter(stream);
        writer.Write(Hello);
        stream.ReadExactly(new byte[GatewayFrame.PreambleBytes]);
        var reader = new FrameReader(stream, 1_000_000);
        Assert.IsType<SessionProtocol.Welcome>(reader.Read()!.Value.Message);
        writer.Write(new SessionProtocol.Heartbeat(5, false));
        Assert.Equal(new SessionProtocol.Heartbeat(5, true), reader.Read()!.Value.Message);
    }

    [Fact(DisplayName = "Requests that came in one piece with the Hello are answered after the Welcome")]
    public void Requests_behind_the_hello()
    {
        using var socket = ConnectRaw();
        var all = new MemoryStream();
        all.Write(GatewayFrame.Preamble(SessionProtocol.Version));
        var writer = new FrameWriter(all);
        writer.Write(Hello);
        writer.Write(new SessionProtocol.Request(9, 1_000_000_000, new SessionProtocol.Close(4)));
        socket.Send(all.ToArray());

        using var stream = new System.Net.Sockets.NetworkStream(socket);
        stream.ReadExactly(new byte[GatewayFrame.PreambleBytes]);
        var reader = new FrameReader(stream, 1_000_000);
        Assert.IsType<SessionProtocol.Welcome>(reader.Read()!.Value.Message);
        Assert.Equal(AisStatus.BadHandle, Assert.IsType<SessionProtocol.Answer>(reader.Read()!.Value.Message).Status);
    }

    private static Task<SessionProtocol.Answer> SendAsync(GatewayConnection connection, SessionProtocol.Command command) =>
        connection.SendAsync(command, 60_000_000_000, CancellationToken.None);
}
