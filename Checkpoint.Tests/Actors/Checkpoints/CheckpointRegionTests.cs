using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Checkpoint.Actors;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using Xunit;
using static Checkpoint.Actors.Checkpoints.CheckpointProtocol;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

/// <summary>Real sharding in a cluster of one, real time.</summary>
public sealed class CheckpointRegionTests() : TestKit(Configuration(), $"region-{Guid.NewGuid():N}")
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact(DisplayName = "Entities that end themselves lose no message: every command of a churn is answered")]
    public async Task Passivation_loses_nothing()
    {
        var (_, host, _) = await StartAsync(TimeSpan.Zero);
        // Not through the caller, which asks again, and for which an entity stays until no copy can come any more.
        var region = Akka.Cluster.Sharding.ClusterSharding.Get(Sys).ShardRegion(CheckpointRegion.TypeName);
        for (ulong i = 1; i <= 40; i++)
        {
            var opener = Opener(host, handle: i);
            var opened = await CreatedAsync(region, Some.Create(opener, number: i));
            var unlinked = region.Ask<IReply>(new Unlink(Name, i, NoDeadline), Patience);
            var closed = region.Ask<IReply>(Some.Close(opened.Incarnation, opener, number: i), Patience);
            var absent = region.Ask<IReply>(Some.Open(Opener(host, session: 2, handle: i), number: i), Patience);
            Assert.Equal(AisStatus.Ok, (await unlinked).Status);
            Assert.Equal(AisStatus.Ok, (await closed).Status);
            Assert.Equal(AisStatus.NotExist, (await absent).Status);
        }
    }

    /// <summary>An entity that is about to end says TRY_AGAIN, as any may; a session asks again.</summary>
    private static async Task<Opened> CreatedAsync(IActorRef region, Open open)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reply = await region.Ask<IReply>(open, Patience);
            if (reply is not Refused { Status: AisStatus.TryAgain } refused)
                return Assert.IsType<Opened>(reply);
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, refused.Reason);
        }
    }

    [Fact(DisplayName = "Every length of name has its entity, and names do not meet")]
    public async Task Names()
    {
        var (region, host, _) = await StartAsync(TimeSpan.FromHours(1));
        CheckpointName[] names =
        [
            new([0]), new([255, 0, 47]), new(new byte[120]), new(new byte[121]), new(new byte[CheckpointName.LengthMaxBytes]),
        ];
        var incarnations = new HashSet<IncarnationId>();
        foreach (var name in names)
        {
            var open = Some.Create(Opener(host)) with { Name = name };
            incarnations.Add(Assert.IsType<Opened>(await region.Ask<IReply>(open, Patience)).Incarnation);
        }

        Assert.Equal(names.Length, incarnations.Count);
    }

    [Fact(DisplayName = "What a host orders is woken: replicas that the journal does not know are deleted without a client")]
    public async Task Woken()
    {
        var (_, _, agent) = await StartAsync(TimeSpan.FromHours(1));
        agent.Lives[Incarnation(9)] = true;
        await Sys.ActorSelection("/user/checkpoint-waker").Ask<ActorIdentity>(new Identify(null), Patience); // It listens now.
        Sys.EventStream.Publish(new ReplicaAgentProtocol.Ordering([Name]));
        await AwaitConditionAsync(() => Task.FromResult(agent.Lives.IsEmpty), Patience);
    }

    [Fact(DisplayName = "Commands, replies, roll calls and events each have a serializer of ours, none falls back")]
    public void Bindings()
    {
        object[] messages =
        [
            new Unlink(Name, 1, 2), new Done(3), new Refused(4, AisStatus.TryAgain, "later"),
            new Checkpoint.Actors.Sessions.SessionRegistryProtocol.RollCall(Name, 1, 2),
            new CheckpointEvents.Unlinked(Incarnation(1)),
        ];
        foreach (var message in messages)
        {
            var serializer = Assert.IsAssignableFrom<Akka.Serialization.SerializerWithStringManifest>(Sys.Serialization.FindSerializerFor(message));
            Assert.Contains(serializer.Identifier, new[] { CheckpointJournalSerializer.Id, CheckpointMessageSerializer.Id });
            Assert.Equal(message, serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message)));
        }
    }

    private async Task<(IActorRef Region, HostId Host, StandInAgent Agent)> StartAsync(TimeSpan linger)
    {
        var cluster = Akka.Cluster.Cluster.Get(Sys);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(() => up.SetResult());
        cluster.Join(cluster.SelfAddress);
        await up.Task.WaitAsync(Patience);

        var self = cluster.SelfAddress;
        var host = new HostId($"{self.Host}:{self.Port}", cluster.SelfUniqueAddress.Uid);
        var agent = new StandInAgent(CreateTestProbe()) { Hosts = [host] };
        Sys.ActorOf(Props.Create(() => new StandInHost(host)), "checkpoint");
        var options = CheckpointEntityOptions.From(Config.Empty) with { AbsentLinger = linger };
        var region = CheckpointRegion.Start(Sys, new NodeServices(host, "node", TimeProvider.System) { Agent = agent.Ref }, options);
        return (region, host, agent);
    }

    private static Config Configuration() => ConfigurationFactory.ParseString(
        """
        akka.loglevel = WARNING
        akka.stdout-loglevel = OFF
        akka.actor.guardian-supervisor-strategy = "Akka.Actor.DefaultSupervisorStrategy"
        akka.cluster.downing-provider-class = ""
        akka.remote.dot-netty.tcp.hostname = "127.0.0.1"
        akka.remote.dot-netty.tcp.port = 0
        akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
        """)
        .WithFallback(CheckpointReference.Actors())
        .WithFallback(CheckpointReference.Cluster())
        .WithFallback(CheckpointReference.Persistence());

    /// <summary>The host's guardian, with a registry below it that has no session.</summary>
    private sealed class StandInHost : ReceiveActor
    {
        public StandInHost(HostId host) => Context.ActorOf(Props.Create(() => new NoSessions(host)), "sessions");
    }

    private sealed class NoSessions : ReceiveActor
    {
        public NoSessions(HostId host) => Receive<Checkpoint.Actors.Sessions.SessionRegistryProtocol.RollCall>(call =>
            Sender.Tell(new Checkpoint.Actors.Sessions.SessionRegistryProtocol.Present(call.Name, call.Term, call.Number, host, 1, [])));
    }
}
