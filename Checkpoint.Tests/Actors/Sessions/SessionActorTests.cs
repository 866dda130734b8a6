using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Checkpoint.Actors;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;
using Agent = Checkpoint.Actors.Replication.ReplicaAgentProtocol;
using Registry = Checkpoint.Actors.Sessions.SessionRegistryProtocol;

namespace Checkpoint.Tests.Actors.Sessions;

/// <summary>A registry with real sessions; agent, entities and client are probes.</summary>
public sealed class SessionActorTests : TestKit
{
    private static readonly CheckpointName Name = new("safCkpt=a");
    private static readonly SessionProtocol.Hello Hello = new(SessionProtocol.Version, "test", AisVersion.B22, Profile.Strict);

    private readonly TestProbe _agent;
    private readonly TestProbe _entities;
    private readonly TestProbe _client;
    private readonly IActorRef _registry;

    public SessionActorTests()
    {
        (_agent, _entities, _client) = (CreateTestProbe("agent"), CreateTestProbe("entities"), CreateTestProbe("client"));
        var node = new NodeServices(SessionDriver.Host, "node1", TimeProvider.System) { Agent = _agent, Checkpoints = _entities };
        var limits = SessionOptions.Defaults with { SilenceMax = TimeSpan.FromSeconds(3), InFlightBytesMax = 4_000_000 };
        _registry = Sys.ActorOf(SessionRegistry.Props(node, new SessionSettings(limits, "none", FaultSwitch.Off)), SessionRegistry.Name);
        _agent.ExpectMsg<Agent.GetAgentStatus>();
    }

    [Fact(DisplayName = "A cluster client is admitted, talks to its session's path, and its open stands in the roll call before the entity is asked")]
    public async Task Open_and_roll_call()
    {
        Sys.EventStream.Publish(new Agent.ViewServing(7, [SessionDriver.Host]));
        var session = await AdmitAsync();
        session.Tell(new SessionProtocol.Request(1, 30_000_000_000, Open()), _client);
        var open = await _entities.ExpectMsgAsync<CheckpointProtocol.Open>();
        Assert.Equal(default, Assert.Single((await RollCallAsync(1)).Opens).Incarnation);

        var incarnation = SessionDriver.IncarnationOf("a");
        _entities.Reply(new CheckpointProtocol.Opened(open.Number, incarnation, SessionDriver.Synchronous));
        await _client.ExpectMsgAsync<SessionProtocol.Answer>(answer => answer.Status == AisStatus.Ok);
        var present = await RollCallAsync(1);
        Assert.Equal((7L, new Registry.OpenPresent(incarnation, open.Opener)), (present.ViewNumber, Assert.Single(present.Opens)));
    }

    [Fact(DisplayName = "A roll call of a lower term than one answered is not answered, and none is before a view serves")]
    public async Task Terms()
    {
        _registry.Tell(new Registry.RollCall(Name, 5, 1), TestActor);
        Sys.EventStream.Publish(new Agent.ViewServing(7, [SessionDriver.Host]));
        Assert.Equal(5, (await RollCallAsync(5)).Term);
        _registry.Tell(new Registry.RollCall(Name, 4, 1), TestActor);
        Assert.Equal(6, (await RollCallAsync(6)).Term);
    }

    [Fact(DisplayName = "A client that falls silent loses its opens: one close each, asked again until the entity has it, then the session stops")]
    public async Task Silence()
    {
        var session = await AdmitAsync();
        Watch(session);
        var handle = await OpenAsync(session);
        var close = await _entities.ExpectMsgAsync<CheckpointProtocol.Close>(TimeSpan.FromSeconds(20));
        Assert.Equal(handle, close.Opener.Handle);
        _entities.Reply(new CheckpointProtocol.Refused(close.Number, AisStatus.TryAgain, "journal away"));
        close = await _entities.ExpectMsgAsync<CheckpointProtocol.Close>(TimeSpan.FromSeconds(20));
        _entities.Reply(new CheckpointProtocol.Done(close.Number));
        await ExpectTerminatedAsync(session, TimeSpan.FromSeconds(20));
    }

    [Fact(DisplayName = "A local client's link may use handles for what they were opened for, until a close is answered or the host leaves")]
    public async Task Direct_handles()
    {
        var link = new DirectLink(_client);
        _registry.Tell(new SessionRegistry.StartLocal(Hello, link), TestActor);
        await _client.ExpectMsgAsync<SessionProtocol.Welcome>();
        var (read, written, kept) = (await OpenAsync(OpenFlags.Read), await OpenAsync(OpenFlags.Write), await OpenAsync(OpenFlags.Read | OpenFlags.Write));
        Assert.True(link.Direct.TryFind(read, OpenFlags.Read, out var incarnation));
        Assert.Equal(SessionDriver.IncarnationOf("a"), incarnation);
        Assert.False(link.Direct.TryFind(read, OpenFlags.Write, out _));
        Assert.False(link.Direct.TryFind(written, OpenFlags.Read, out _));
        Assert.True(link.Direct.TryFind(written, OpenFlags.Write, out _));

        link.Session.Tell(new SessionProtocol.Request(9, 30_000_000_000, new SessionProtocol.Close(read)));
        _entities.Reply(new CheckpointProtocol.Done((await _entities.ExpectMsgAsync<CheckpointProtocol.Close>()).Number));
        await _client.ExpectMsgAsync<SessionProtocol.Answer>(answer => answer.Id == 9);
        Assert.False(link.Direct.TryFind(read, OpenFlags.Read, out _));
        Assert.True(link.Direct.TryFind(kept, OpenFlags.Read | OpenFlags.Write, out _));

        _registry.Tell(SessionRegistry.LeaveNow.Instance, TestActor);
        await _client.ExpectMsgAsync<SessionProtocol.Farewell>();
        Assert.False(link.Direct.TryFind(kept, OpenFlags.Read, out _));

        async Task<ulong> OpenAsync(OpenFlags flags)
        {
            link.Session.Tell(new SessionProtocol.Request(1, 30_000_000_000, new SessionProtocol.Open(
                Name, flags | OpenFlags.Create, SessionDriver.Synchronous)));
            var open = await _entities.ExpectMsgAsync<CheckpointProtocol.Open>();
            _entities.Reply(new CheckpointProtocol.Opened(open.Number, SessionDriver.IncarnationOf("a"), SessionDriver.Synchronous));
            var answer = await _client.ExpectMsgAsync<SessionProtocol.Answer>();
            return Assert.IsType<SessionProtocol.Opened>(answer.Body).Handle;
        }
    }

    [Fact(DisplayName = "A client's farewell closes at once")]
    public async Task Farewell()
    {
        var session = await AdmitAsync();
        await OpenAsync(session);
        session.Tell(new SessionProtocol.Farewell(AisStatus.Ok, "done"), _client);
        await _entities.ExpectMsgAsync<CheckpointProtocol.Close>();
    }

    [Fact(DisplayName = "A request in pieces is put together, and a large answer goes out in pieces of which each group is confirmed")]
    public async Task Pieces()
    {
        var session = await AdmitAsync();
        var handle = await OpenAsync(session);
        var large = new byte[3_000_000];
        large[2_999_999] = 7;
        var request = new SessionProtocol.Request(2, 30_000_000_000, new SessionProtocol.Change(handle, new ContentOp.Overwrite(default, large)));
        foreach (var piece in ParcelSplitter.Split(1, SessionCodec.Encode(request)))
            session.Tell(piece, _client);
        var change = await _agent.ExpectMsgAsync<Agent.Change>();
        Assert.True(Assert.IsType<ContentOp.Overwrite>(change.Op).Data.Span.SequenceEqual(large));

        session.Tell(new SessionProtocol.Request(3, 30_000_000_000, new SessionProtocol.Read(handle, [new(default, 0, ReadElement.Whole)])), _client);
        var read = await _agent.ExpectMsgAsync<Agent.Read>();
        _agent.Reply(new Agent.ReadDone(read.Number, new ReadResult(AisStatus.Ok, [large])));
        var assembler = new ParcelAssembler(10_000_000);
        ReadOnlyMemory<byte>? whole = null;
        var confirmed = 0;
        while (whole is null)
        {
            var message = await _client.ReceiveOneAsync(TimeSpan.FromSeconds(20));
            if (message is SessionProtocol.Heartbeat { IsAnswer: false } beat)
            {
                confirmed++;
                session.Tell(beat with { IsAnswer = true }, _client);
            }
            else
                whole = assembler.Add(Assert.IsType<Parcel>(message)).Message;
        }

        Assert.True(confirmed >= 1);
        var answer = Assert.IsType<SessionProtocol.Answer>(SessionCodec.Read(whole.Value));
        Assert.True(Assert.IsType<SessionProtocol.Data>(answer.Body).Buffers[0].Span.SequenceEqual(large));
    }

    [Fact(DisplayName = "A client that asks on and never confirms what it was sent is given up before its answers fill the host")]
    public async Task Deaf_client()
    {
        var session = await AdmitAsync();
        Watch(session);
        var handle = await OpenAsync(session);
        session.Tell(new SessionProtocol.Request(2, 30_000_000_000, new SessionProtocol.Read(handle, [new(default, 0, ReadElement.Whole)])), _client);
        var read = await _agent.ExpectMsgAsync<Agent.Read>();
        _agent.Reply(new Agent.ReadDone(read.Number, new ReadResult(AisStatus.Ok, [new byte[3_900_000]])));
        for (var id = 3UL; id < 6000; id++)
            session.Tell(new SessionProtocol.Request(id, 30_000_000_000, new SessionProtocol.Close(4711)), _client);
        var close = await _entities.ExpectMsgAsync<CheckpointProtocol.Close>(TimeSpan.FromSeconds(20));
        _entities.Reply(new CheckpointProtocol.Done(close.Number));
        await ExpectTerminatedAsync(session, TimeSpan.FromSeconds(20));
    }

    [Fact(DisplayName = "Somebody else than the client cannot use its session")]
    public async Task Stranger()
    {
        var session = await AdmitAsync();
        await OpenAsync(session);
        session.Tell(new SessionProtocol.Request(9, 1_000_000_000, Open()), TestActor);
        session.Tell(new SessionProtocol.Heartbeat(4, false), _client);
        await _client.ExpectMsgAsync(new SessionProtocol.Heartbeat(4, true));
        await _entities.ExpectNoMsgAsync(TimeSpan.Zero);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "A host that is left out says farewell to its clients and takes no new ones")]
    public async Task Left_out()
    {
        var session = await AdmitAsync();
        await OpenAsync(session);
        Watch(session);
        Sys.EventStream.Publish(new Agent.LeftOut(8, "view 8 left it out"));
        Assert.Equal(AisStatus.Unavailable, (await _client.ExpectMsgAsync<SessionProtocol.Farewell>()).Status);
        await ExpectTerminatedAsync(session);
        _registry.Tell(new SessionRegistry.StartRemote(Hello), TestActor);
        Assert.Equal(AisStatus.TryAgain, (await ExpectMsgAsync<SessionProtocol.Farewell>()).Status); // It goes to another host.
        await _entities.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));
    }

    [Fact(DisplayName = "A host that leaves says farewell to all, tells when that is done, and keeps its opens in the roll call")]
    public async Task Leave()
    {
        Sys.EventStream.Publish(new Agent.ViewServing(7, [SessionDriver.Host]));
        var session = await AdmitAsync();
        await OpenAsync(session);
        _registry.Tell(SessionRegistry.LeaveNow.Instance, TestActor);
        await _client.ExpectMsgAsync<SessionProtocol.Farewell>();
        await ExpectMsgAsync<SessionRegistry.Left>();
        Assert.Single((await RollCallAsync(1)).Opens);
    }

    [Fact(DisplayName = "The serializer carries every message, and refuses bytes that are none")]
    public void Serializer()
    {
        var serializer = new SessionSerializer((ExtendedActorSystem)Sys);
        foreach (object message in new object[]
                 {
                     Hello, new Parcel(1, 0, 1, new byte[9]), new NodeProtocol.Introduction(SessionDriver.Host, "node1", true),
                     new NodeProtocol.DrainNode(4), new NodeProtocol.Draining(4),
                     new Admitted("akka.tcp://a@b:1/user/x", SessionOptions.Defaults.Welcome(SessionDriver.Session, "n", SessionDriver.Host, Profile.Strict, false)),
                 })
        {
            var bytes = serializer.ToBinary(message);
            var read = serializer.FromBinary(bytes, serializer.Manifest(message));
            Assert.Equal(message.GetType(), read.GetType());
            Assert.Equal(bytes, serializer.ToBinary(read));
        }

        Assert.Throws<System.Runtime.Serialization.SerializationException>(() => serializer.FromBinary([1, 2], "q"));
        Assert.Throws<System.Runtime.Serialization.SerializationException>(() => serializer.FromBinary(serializer.ToBinary(Hello), "q"));
    }

    private static SessionProtocol.Open Open() => new(Name, OpenFlags.Create | OpenFlags.Read | OpenFlags.Write, SessionDriver.Synchronous);

    private async Task<IActorRef> AdmitAsync()
    {
        _registry.Tell(new SessionRegistry.StartRemote(Hello), TestActor);
        var admitted = await ExpectMsgAsync<Admitted>();
        return ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(admitted.SessionPath);
    }

    private async Task<ulong> OpenAsync(IActorRef session)
    {
        session.Tell(new SessionProtocol.Request(1, 30_000_000_000, Open()), _client);
        var open = await _entities.ExpectMsgAsync<CheckpointProtocol.Open>();
        _entities.Reply(new CheckpointProtocol.Opened(open.Number, SessionDriver.IncarnationOf("a"), SessionDriver.Synchronous with { MaxSectionSize = 4_000_000 }));
        var answer = await _client.ExpectMsgAsync<SessionProtocol.Answer>();
        return Assert.IsType<SessionProtocol.Opened>(answer.Body).Handle;
    }

    private async Task<Registry.Present> RollCallAsync(long term)
    {
        _registry.Tell(new Registry.RollCall(Name, term, 1), TestActor);
        return await ExpectMsgAsync<Registry.Present>();
    }

    /// <summary>A link that reads by itself.</summary>
    private sealed class DirectLink(IActorRef client) : IClientLink
    {
        public long QueuedBytes => 0;

        public DirectHandles Direct { get; } = new();

        public IActorRef Session { get; private set; } = ActorRefs.Nobody;

        public void Opened(IActorRef session, SessionRoom room) => Session = session;

        public void Abort()
        {
        }

        public void Send(SessionProtocol.IMessage message) => client.Tell(message);

        public void Close()
        {
        }
    }
}
