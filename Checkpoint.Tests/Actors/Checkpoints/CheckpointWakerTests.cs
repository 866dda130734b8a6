using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Checkpoint.Actors;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

public sealed class CheckpointWakerTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly CheckpointEntityOptions Options =
        CheckpointEntityOptions.From(Akka.Configuration.Config.Empty) with { PingsPerSecond = 20 };

    private readonly FakeTimeProvider _clock = new();
    private readonly TestProbe _agent;
    private readonly TestProbe _region;
    private readonly IActorRef _waker;

    public CheckpointWakerTests()
    {
        _agent = CreateTestProbe();
        _region = CreateTestProbe();
        _waker = Sys.ActorOf(CheckpointWaker.Props(new NodeServices(A, "node-a", _clock) { Agent = _agent }, Options, _region));
    }

    [Fact(DisplayName = "Names to wake are pinged once each, and only so many in a round")]
    public async Task Rate()
    {
        var names = Enumerable.Range(0, 5).Select(i => new CheckpointName($"c{i}")).ToList();
        await SettleAsync();
        Sys.EventStream.Publish(new ReplicaAgentProtocol.Ordering([.. names, .. names]));
        var pinged = new List<CheckpointName>();
        for (var round = 0; round < 3; round++)
        {
            await SettleAsync();
            await _region.ExpectNoMsgAsync(TimeSpan.Zero);
            _clock.Advance(TimeSpan.FromMilliseconds(100)); // 20 a second in ten rounds: two in each.
            for (var i = 0; i < Math.Min(2, names.Count - (2 * round)); i++)
                pinged.Add((await _region.ExpectMsgAsync<CheckpointProtocol.Ping>(Patience)).Name);
        }

        Assert.Equal(names, pinged);
        await SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await SettleAsync();
        await _region.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "The sweep wakes what this host orders, and goes on when the agent does not serve")]
    public async Task Sweep()
    {
        await SettleAsync();
        _clock.Advance(Options.SweepInterval);
        var first = await _agent.ExpectMsgAsync<ReplicaAgentProtocol.GetAgentStatus>(Patience);
        _agent.Reply(new ReplicaAgentProtocol.Done(first.Number, AisStatus.TryAgain, "not yet"));
        await SettleAsync();

        _clock.Advance(Options.SweepInterval);
        var second = await _agent.ExpectMsgAsync<ReplicaAgentProtocol.GetAgentStatus>(Patience);
        _agent.Reply(new ReplicaAgentProtocol.AgentStatus(
            second.Number, 1, [A, B], true, false, [], [Ordered("mine", A), Ordered("theirs", B)], 0, 1));
        await SettleAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(new CheckpointName("mine"), (await _region.ExpectMsgAsync<CheckpointProtocol.Ping>(Patience)).Name);
        await SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await SettleAsync();
        await _region.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    private static ReplicaAgentProtocol.IncarnationStatus Ordered(string name, HostId orderer) =>
        new(Incarnation(1), new CheckpointName(name), Attributes, 1, 1, false, orderer, null, [A, B], 1, 0, 0, 0);

    private Task SettleAsync() => _waker.Ask<ActorIdentity>(new Identify(null), Patience);
}
