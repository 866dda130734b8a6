using System.Net.Sockets;
using Akka.TestKit.Xunit2;
using Checkpoint.Actors.Sessions;
using Checkpoint.Actors.Transit;
using Checkpoint.Host.Gateway;
using Checkpoint.Protocol;
using Checkpoint.Tests.Actors.Replication;

namespace Checkpoint.Tests.Host.Gateway;

/// <summary>A gateway on a real socket before a machine that is alone; the test is the client's Session.</summary>
public sealed class DirectClientTests : TestKit
{
    private const ulong Handle = 7;
    private const long Budget = 20 * AisTime.NanosecondsPerSecond;

    private static readonly SectionId Section = new("s");

    private static readonly SessionProtocol.Hello Hello = new(SessionProtocol.Version, "test", AisVersion.B22, Profile.Strict);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ckpt");
    private readonly MachinePump _pump = new(1);
    private readonly GatewayOptions _options;
    private readonly GatewayServer _server;
    private readonly IncarnationId _checkpoint;

    public DirectClientTests()
    {
        _checkpoint = _pump.Create(0, new CreationAttributes(CreationFlags.WriteAllReplicas, 1024, 0, 8, 64, 8));
        Assert.Equal(AisStatus.Ok, _pump.Change(0, _checkpoint, new ContentOp.CreateSection(Section, AisTime.End, new byte[8])).Status);
        _options = new GatewayOptions
        {
            SocketPath = Path.Combine(_directory.FullName, "checkpoint.sock"),
            ClientsMax = 2,
            HandshakeTimeout = TimeSpan.FromSeconds(30),
        };
        _server = GatewayServer.Start(_options, SessionOptions.Defaults, TestActor, _pump.Gates[0], TimeProvider.System, Sys.Log);
    }

    [Fact(DisplayName = "A write that the host alone decides reaches no Session, unless that has an earlier request of the client: then it goes behind it")]
    public async Task Order()
    {
        var connecting = GatewayConnection.ConnectAsync(_options.SocketPath, Hello, TimeProvider.System, CancellationToken.None);
        var link = await AdmitAsync();
        await using var connection = await connecting;

        Assert.Equal(AisStatus.Ok, (await WriteAsync(1)).Status);
        var status = connection.SendAsync(new SessionProtocol.GetStatus(Handle), Budget, CancellationToken.None);
        var first = await ExpectMsgAsync<SessionProtocol.Request>(TimeSpan.FromSeconds(20));
        Assert.IsType<SessionProtocol.GetStatus>(first.Command);
        var behind = WriteAsync(2);
        var second = await ExpectMsgAsync<SessionProtocol.Request>(TimeSpan.FromSeconds(20));
        Assert.IsType<SessionProtocol.Change>(second.Command);

        link.Send(new SessionProtocol.Answer(second.Id, AisStatus.TryAgain));
        Assert.Equal(AisStatus.TryAgain, (await behind).Status);
        var stillBehind = WriteAsync(3);
        var third = await ExpectMsgAsync<SessionProtocol.Request>(TimeSpan.FromSeconds(20));
        link.Send(new SessionProtocol.Answer(first.Id, AisStatus.Ok));
        link.Send(new SessionProtocol.Answer(third.Id, AisStatus.TryAgain));
        Assert.Equal((AisStatus.Ok, AisStatus.TryAgain), ((await status).Status, (await stillBehind).Status));
        Assert.Equal(AisStatus.Ok, (await WriteAsync(4)).Status);
        Assert.Equal(4, Content());

        async Task<SessionProtocol.Answer> WriteAsync(long value) => await connection.SendAsync(
            new SessionProtocol.Change(Handle, new ContentOp.Overwrite(Section, BitConverter.GetBytes(value))), Budget, CancellationToken.None);

        long Content()
        {
            var found = new WireWriter();
            Assert.True(_pump.Gates[0].TryRead(_checkpoint, [new(Section.Bytes, 0, ReadElement.Whole)], found, 100));
            return BitConverter.ToInt64(found.Written.Span[4..]);
        }
    }

    [Fact(DisplayName = "A client that sends writes without taking its answers gets each of them once, when it does")]
    public async Task Full_socket()
    {
        const int Writes = 5_000;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
        socket.Connect(new UnixDomainSocketEndPoint(_options.SocketPath));
        using var stream = new NetworkStream(socket);
        stream.Write(GatewayFrame.Preamble(SessionProtocol.Version));
        new FrameWriter(stream).Write(Hello);
        var link = await AdmitAsync();
        stream.ReadExactly(new byte[GatewayFrame.PreambleBytes]);
        var reader = new FrameReader(stream, 1_000_000);
        Assert.IsType<SessionProtocol.Welcome>(reader.Read()!.Value.Message);

        var sending = Task.Factory.StartNew(SendAll, TaskCreationOptions.LongRunning);
        var asked = await ExpectMsgAsync<SessionProtocol.Request>(TimeSpan.FromSeconds(60)); // By then an answer has found the socket full.
        Assert.InRange(asked.Id, 2UL, (ulong)Writes);
        var reading = Task.Factory.StartNew(ReadAll, TaskCreationOptions.LongRunning);
        link.Send(new SessionProtocol.Answer(asked.Id, AisStatus.Ok));
        while (!reading.IsCompleted)
            if (await ReceiveOneAsync(TimeSpan.FromMilliseconds(100)) is SessionProtocol.Request next)
                link.Send(new SessionProtocol.Answer(next.Id, AisStatus.Ok));
        await sending;

        Assert.Equal(Enumerable.Range(1, Writes), (await reading).Order());

        void SendAll()
        {
            var writer = new FrameWriter(stream);
            for (var id = 1; id <= Writes; id++)
                writer.Write(new SessionProtocol.Request((ulong)id, Budget, new SessionProtocol.Change(Handle, new ContentOp.Overwrite(Section, BitConverter.GetBytes((long)id)))));
        }

        List<int> ReadAll() => [.. Enumerable.Range(0, Writes).Select(_ => (int)Assert.IsType<SessionProtocol.Answer>(reader.Read()!.Value.Message).Id)];
    }

    /// <summary>Takes the client that has just said Hello.</summary>
    private async Task<IClientLink> AdmitAsync()
    {
        var link = (await ExpectMsgAsync<SessionRegistry.StartLocal>(TimeSpan.FromSeconds(20))).Link;
        link.Opened(TestActor, new SessionRoom(
            new TransitBudgets(SessionOptions.Defaults.NodeInFlightBytesMax, TimeProvider.System), SessionOptions.Defaults, _ => { }));
        link.Direct!.Add(Handle, _checkpoint, OpenFlags.Write);
        link.Send(new SessionProtocol.Welcome(
            SessionProtocol.Version, new SessionId(Guid.NewGuid()), "node1", _pump.Hosts[0], 1, 1, 64, Profile.Strict));
        return link;
    }

    protected override void AfterAll()
    {
        _server.Dispose();
        base.AfterAll();
        _directory.Delete(recursive: true);
    }
}
