using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Checkpoint.Actors;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Host.Gateway;
using Checkpoint.Protocol;
using Agent = Checkpoint.Actors.Replication.ReplicaAgentProtocol;
using Entity = Checkpoint.Actors.Checkpoints.CheckpointProtocol;

namespace Checkpoint.Tests.Host.Gateway;

/// <summary>A gateway on a real Unix socket, real sessions behind it, and in the place of agent and entities one actor that says yes.</summary>
public abstract class GatewayFixture : TestKit
{
    protected static readonly SessionProtocol.Hello Hello = new(SessionProtocol.Version, "test", AisVersion.B22, Profile.Strict);

    protected static readonly CreationAttributes Attributes = new(CreationFlags.WriteAllReplicas, 0, 0, 100_000, 64 * 1024 * 1024, 64);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ckpt");

    protected GatewayFixture(int clientsMax = 8, TimeSpan? handshakeTimeout = null, SessionOptions? limits = null, Profile? profile = null)
        : base("akka.loglevel = INFO")
    {
        Service = Sys.ActorOf(Akka.Actor.Props.Create(() => new YesService(TestActor)));
        var node = new NodeServices(new HostId("127.0.0.1:1", 1), "node1", TimeProvider.System) { Agent = Service, Checkpoints = Service };
        var own = limits ?? SessionOptions.Defaults;
        Registry = Sys.ActorOf(SessionRegistry.Props(node, new SessionSettings(own, "none", FaultSwitch.Off)), SessionRegistry.Name);
        Options = new GatewayOptions
        {
            SocketPath = Path.Combine(_directory.FullName, "run", "checkpoint.sock"),
            ClientsMax = clientsMax,
            HandshakeTimeout = handshakeTimeout ?? TimeSpan.FromSeconds(30),
            Profile = profile,
        };
        Server = GatewayServer.Start(Options, own, Registry, null, TimeProvider.System, Sys.Log);
    }

    protected IActorRef Service { get; }

    protected IActorRef Registry { get; }

    protected GatewayOptions Options { get; }

    protected GatewayServer Server { get; }

    protected override void AfterAll()
    {
        Server.Dispose();
        base.AfterAll();
        _directory.Delete(recursive: true);
    }

    protected Task<GatewayConnection> ConnectAsync() => ConnectAsync(Hello);

    protected Task<GatewayConnection> ConnectAsync(SessionProtocol.Hello hello) =>
        GatewayConnection.ConnectAsync(Options.SocketPath, hello, TimeProvider.System, CancellationToken.None);

    /// <summary>A bare connection, for what no client of ours would send.</summary>
    protected Socket ConnectRaw()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        socket.Connect(new UnixDomainSocketEndPoint(Options.SocketPath));
        return socket;
    }

    protected static async Task<ulong> OpenAsync(GatewayConnection connection, string name = "safCkpt=a")
    {
        var open = new SessionProtocol.Open(new CheckpointName(name), OpenFlags.Create | OpenFlags.Read | OpenFlags.Write, Attributes);
        var answer = await connection.SendAsync(open, 20_000_000_000, CancellationToken.None);
        return Assert.IsType<SessionProtocol.Opened>(answer.Body).Handle;
    }

    /// <summary>True when the host has ended this connection; what it said before is swallowed.</summary>
    protected static bool IsCutOff(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            while (socket.Receive(buffer) > 0)
            {
            }

            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown;
        }
    }

    /// <summary>Keeps what is written to each section, answers everything, and reports closes to the test.</summary>
    private sealed class YesService : ReceiveActor
    {
        private readonly Dictionary<SectionId, byte[]> _sections = [];

        public YesService(IActorRef test)
        {
            Receive<Entity.Open>(open => Sender.Tell(new Entity.Opened(open.Number, new IncarnationId(Guid.NewGuid()), Attributes)));
            Receive<Entity.Close>(close =>
            {
                Sender.Tell(new Entity.Done(close.Number));
                test.Tell(close);
            });
            Receive<Agent.Change>(change =>
            {
                if (change.Op is ContentOp.Overwrite overwrite)
                    _sections[overwrite.Id] = overwrite.Data.ToArray();
                Sender.Tell(new Agent.Changed(change.Number, ContentResult.Ok));
            });
            Receive<Agent.Read>(read => Sender.Tell(new Agent.ReadDone(read.Number, new ReadResult(
                AisStatus.Ok, read.Elements.Select(element => (ReadOnlyMemory<byte>)_sections[element.Id]).ToList()))));
            ReceiveAny(_ => { });
        }
    }
}
