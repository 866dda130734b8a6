using System.Collections.Concurrent;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;
using Akka.Serialization;
using Checkpoint.Client.Connection;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Client;

/// <summary>
/// A host as a client sees it: a cluster member with a receptionist, a door and sessions over real remoting. What it answers is the test's.
/// </summary>
internal sealed class FakeHost : IAsyncDisposable
{
    private readonly Channel<SessionProtocol.Request> _requests = Channel.CreateUnbounded<SessionProtocol.Request>();

    private FakeHost(string name, ActorSystem system) => (Name, System) = (name, system);

    public string Name { get; }

    public ActorSystem System { get; }

    public string Contact => $"127.0.0.1:{Akka.Cluster.Cluster.Get(System).SelfAddress.Port}";

    /// <summary>Null is no answer. Called on actor threads, one request at a time for each session.</summary>
    public Func<SessionProtocol.Request, SessionProtocol.Answer?> Answers { get; set; } =
        request => new SessionProtocol.Answer(request.Id, AisStatus.Ok);

    /// <summary>Hears everything and says nothing, as a host that hangs.</summary>
    public bool IsMute { get; set; }

    /// <summary>What the door answers instead of a welcome.</summary>
    public SessionProtocol.Farewell? Refusal { get; set; }

    public ChannelReader<SessionProtocol.Request> Requests => _requests.Reader;

    public ConcurrentDictionary<SessionId, IActorRef> Sessions { get; } = new();

    /// <summary>The session that the latest request came to.</summary>
    public IActorRef Served { get; private set; } = ActorRefs.Nobody;

    /// <summary>Farewells that clients sent.</summary>
    public ConcurrentQueue<SessionProtocol.Farewell> Left { get; } = new();

    public static async Task<FakeHost> StartAsync(string name, FakeHost? seed = null)
    {
        var config = ConfigurationFactory.ParseString("""
            akka {
              loglevel = ERROR
              stdout-loglevel = OFF
              actor {
                provider = cluster
                serialization-settings.allow-unregistered-types = false
                serializers.session = "Checkpoint.Client.Connection.SessionSerializer, Checkpoint.Client"
                serialization-bindings {
                  "Checkpoint.Protocol.SessionProtocol+IMessage, Checkpoint.Protocol" = session
                  "Checkpoint.Protocol.Parcel, Checkpoint.Protocol" = session
                  "Checkpoint.Protocol.Admitted, Checkpoint.Protocol" = session
                }
              }
              remote.dot-netty.tcp {
                hostname = "127.0.0.1"
                port = 0
                maximum-frame-size = 262144b
              }
              cluster.roles = ["checkpoint"]
              cluster.gossip-interval = 200ms
              cluster.run-coordinated-shutdown-when-down = off
              coordinated-shutdown.run-by-actor-system-terminate = off
            }
            """)
            .WithFallback(ClusterClientReceptionist.DefaultConfig())
            .WithFallback(DistributedPubSub.DefaultConfig());
        var host = new FakeHost(name, ActorSystem.Create("checkpoint", config));
        var guardian = host.System.ActorOf(Akka.Actor.Props.Create(() => new Guardian(host)), "checkpoint");
        var door = await guardian.Ask<IActorRef>("door");
        var cluster = Akka.Cluster.Cluster.Get(host.System);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(up.SetResult);
        cluster.Join(seed is null ? cluster.SelfAddress : Akka.Cluster.Cluster.Get(seed.System).SelfAddress);
        await up.Task.WaitAsync(TimeSpan.FromSeconds(30));
        ClusterClientReceptionist.Get(host.System).RegisterService(door);
        return host;
    }

    public async ValueTask DisposeAsync() => await System.Terminate();

    private sealed class Guardian : ReceiveActor
    {
        public Guardian(FakeHost host)
        {
            var door = Context.ActorOf(Akka.Actor.Props.Create(() => new Door(host)), "door");
            ReceiveAny(_ => Sender.Tell(door));
        }
    }

    private sealed class Door : ReceiveActor
    {
        public Door(FakeHost host) => Receive<SessionProtocol.Hello>(_ =>
        {
            if (host.IsMute)
                return;
            if (host.Refusal is { } refusal)
            {
                Sender.Tell(refusal);
                return;
            }

            var id = new SessionId(Guid.NewGuid());
            var session = Context.ActorOf(Akka.Actor.Props.Create(() => new Session(host)));
            host.Sessions[id] = session;
            var cluster = Akka.Cluster.Cluster.Get(Context.System);
            Sender.Tell(new Admitted(
                Serialization.SerializedActorPath(session),
                new SessionProtocol.Welcome(
                    SessionProtocol.Version,
                    id,
                    host.Name,
                    new HostId($"{cluster.SelfAddress.Host}:{cluster.SelfAddress.Port}", cluster.SelfUniqueAddress.Uid),
                    AisTime.NanosecondsPerSecond / 2,
                    3 * AisTime.NanosecondsPerSecond,
                    64,
                    Profile.Strict)));
        });
    }

    private sealed class Session : ReceiveActor
    {
        private readonly ParcelAssembler _assembler = new(1 << 28);
        private IActorRef _client = ActorRefs.Nobody;

        public Session(FakeHost host)
        {
            ReceiveAny(message =>
            {
                if (host.IsMute)
                    return;
                if (!Sender.IsNobody() && message is not Push)
                    _client = Sender;
                switch (message)
                {
                    case Parcel piece when _assembler.Add(piece).Message is { } whole:
                        OnMessage(host, SessionCodec.Read(whole));
                        break;
                    case SessionProtocol.IMessage whole:
                        OnMessage(host, whole);
                        break;
                    case Push push:
                        _client.Tell(push.Message);
                        break;
                }
            });
        }

        private void OnMessage(FakeHost host, SessionProtocol.IMessage message)
        {
            switch (message)
            {
                case SessionProtocol.Heartbeat { IsAnswer: false } beat:
                    _client.Tell(beat with { IsAnswer = true });
                    break;
                case SessionProtocol.Request request:
                    host.Served = Self;
                    host._requests.Writer.TryWrite(request);
                    if (host.Answers(request) is { } answer)
                        Tell(answer);
                    break;
                case SessionProtocol.Farewell farewell:
                    host.Left.Enqueue(farewell);
                    break;
            }
        }

        private void Tell(SessionProtocol.IMessage message)
        {
            var bytes = SessionCodec.Encode(message);
            if (ParcelSplitter.Fits(bytes.Length))
                _client.Tell(message);
            else
                foreach (var piece in ParcelSplitter.Split(1, bytes))
                    _client.Tell(piece);
        }
    }

    /// <summary>To a session: send this, a message or a piece of one, to the client.</summary>
    internal sealed record Push(object Message);
}
