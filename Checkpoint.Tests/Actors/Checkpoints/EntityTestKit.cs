using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Checkpoint.Actors;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Configuration;
using Checkpoint.Protocol;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static Checkpoint.Actors.Checkpoints.CheckpointProtocol;

namespace Checkpoint.Tests.Actors.Checkpoints;

/// <summary>One entity, with stand-ins for its agent and for the session registries of hosts A, B and C, on a clock of the test's own.</summary>
public abstract class EntityTestKit(Config config) : TestKit(config.WithFallback(Base()), $"entity-{Guid.NewGuid():N}")
{
    /// <summary>Real time: only how long a broken test takes to fail.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<HostId, StandInRegistry> _registries = [];
    private StandInAgent? _agent;
    private TestProbe? _shard;
    private TestProbe? _waker;
    private int _incarnations;
    private ulong _number = 100;

    private protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private protected StandInAgent Agent => _agent ??= new StandInAgent(CreateTestProbe("agent"));

    private protected TestProbe Shard => _shard ??= CreateTestProbe("shard");

    private protected TestProbe Waker => _waker ??= CreateTestProbe("waker");

    private protected CheckpointEntityOptions Options { get; set; } =
        CheckpointEntityOptions.From(Akka.Configuration.Config.Empty) with { AbsentLinger = TimeSpan.FromHours(1) };

    private protected IActorRef Entity { get; private set; } = ActorRefs.Nobody;

    private protected StandInRegistry Registry(HostId host)
    {
        if (!_registries.TryGetValue(host, out var registry))
            _registries[host] = registry = new StandInRegistry(CreateTestProbe($"sessions-{host.Uid}"), host);
        return registry;
    }

    private protected void StartEntity()
    {
        foreach (var host in new[] { Some.A, Some.B, Some.C })
            Registry(host);
        var node = new NodeServices(Some.A, "node-a", Clock) { Agent = Agent.Ref, ProvesUnwritten = failure => failure is UnwrittenException };
        Entity = Shard.ChildActorOf(CheckpointActor.Props(
            CheckpointEntityId.Of(Some.Name),
            node,
            Options,
            host => _registries[host].Ref,
            () => Some.Incarnation(Interlocked.Increment(ref _incarnations)),
            Waker.Ref));
    }

    /// <summary>As a host's death would: nothing is finished.</summary>
    private protected async Task KillEntityAsync()
    {
        var watcher = CreateTestProbe();
        watcher.Watch(Entity);
        Sys.Stop(Entity);
        await watcher.ExpectTerminatedAsync(Entity, Patience);
    }

    private protected async Task RestartEntityAsync()
    {
        await KillEntityAsync();
        StartEntity();
    }

    private protected Task<IReply> AskAsync(ICommand command) => Entity.Ask<IReply>(command, Patience);

    /// <summary>As <see cref="AskAsync"/>, while time passes.</summary>
    private protected async Task<IReply> AskInTimeAsync(ICommand command)
    {
        var reply = AskAsync(command);
        await EventuallyAsync(() => reply.IsCompleted, "an answer to " + command);
        return await reply;
    }

    private protected async Task<Opened> OpenedAsync(Open open) => Assert.IsType<Opened>(await AskInTimeAsync(open));

    private protected async Task RefusedAsync(AisStatus status, ICommand command) =>
        Assert.Equal(status, Assert.IsType<Refused>(await AskInTimeAsync(command)).Status);

    private protected async Task DoneAsync(ICommand command) => Assert.IsType<Done>(await AskInTimeAsync(command));

    private protected Task<IReply> DescribeAsync() => AskInTimeAsync(new Describe(Some.Name, ++_number, Some.NoDeadline));

    private protected async Task<IReadOnlyList<Opener>> OpenersAsync() => Assert.IsType<Described>(await DescribeAsync()).Openers;

    /// <summary>Time passes in small steps, and the entity has dealt with each.</summary>
    private protected async Task PassAsync(TimeSpan time)
    {
        for (var i = 0; i < 20; i++)
        {
            await SettleAsync();
            Clock.Advance(time / 20);
        }

        await SettleAsync();
    }

    /// <summary>Time passes until it is so.</summary>
    private protected Task EventuallyAsync(Func<bool> isSo, string what) => UntilAsync(isSo, what, TimeSpan.FromMilliseconds(10));

    /// <summary>It is so at last, whatever the journal takes on a busy machine: the entity's clock stands still.</summary>
    private protected Task HappensAsync(Func<bool> isSo, string what) => UntilAsync(isSo, what, TimeSpan.Zero);

    private async Task UntilAsync(Func<bool> isSo, string what, TimeSpan step)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "in vain: " + what);
            await SettleAsync();
            Clock.Advance(step);
        }
    }

    /// <summary>What was in the mailboxes of entity, agent and registries has been handled, and what came of it, too.</summary>
    private protected async Task SettleAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            await Entity.Ask<ActorIdentity>(new Identify(null), Patience);
            await Agent.Ref.Ask<ActorIdentity>(new Identify(null), Patience);
        }
    }

    private static Config Base() => ConfigurationFactory.ParseString(
        """
        akka.loglevel = WARNING
        akka.stdout-loglevel = OFF
        akka.actor.guardian-supervisor-strategy = "Akka.Actor.DefaultSupervisorStrategy"
        akka.actor.provider = "Akka.Actor.LocalActorRefProvider"
        """).WithFallback(CheckpointReference.Actors());
}
