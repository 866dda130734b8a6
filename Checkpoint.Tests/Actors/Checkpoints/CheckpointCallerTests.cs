using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Checkpoint.Actors;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using Microsoft.Extensions.Time.Testing;
using static Checkpoint.Actors.Checkpoints.CheckpointProtocol;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

public sealed class CheckpointCallerTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _clock = new();
    private readonly TestProbe _region;
    private readonly IActorRef _caller;

    public CheckpointCallerTests()
    {
        _region = CreateTestProbe();
        _caller = Sys.ActorOf(CheckpointCaller.Props(new NodeServices(A, "node-a", _clock), _region));
    }

    [Fact(DisplayName = "A command that was lost on its way comes again by itself, and its asker gets one answer")]
    public async Task Lost()
    {
        _caller.Tell(Unlink(), TestActor);
        var lost = await _region.ExpectMsgAsync<Unlink>(Patience);
        await SettleAsync(); // Its timer is set.
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        var second = await _region.ExpectMsgAsync<Unlink>(Patience);
        Assert.Equal(lost, second);
        _region.Reply(new Done(second.Number));
        _region.Reply(new Done(second.Number)); // A copy's answer.

        Assert.Equal(7UL, (await ExpectMsgAsync<Done>(Patience)).Number);
        await SettleAsync();
        await ExpectNoMsgAsync(TimeSpan.Zero);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await SettleAsync();
        await _region.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "An attach that was lost comes again as it was, at a new view and by itself")]
    public async Task Attach_lost()
    {
        var attach = Some.Open(Opener(A), 7, AisTime.Now(_clock) + (10 * Second), Incarnation(1)) with { Asker = Session(1) };
        _caller.Tell(attach, TestActor);
        var lost = await _region.ExpectMsgAsync<Open>(Patience);
        Assert.Equal(Incarnation(1), lost.Reattach);
        await SettleAsync();
        Sys.EventStream.Publish(new ReplicaAgentProtocol.ViewServing(2, [A, B]));
        Assert.Equal(lost, await _region.ExpectMsgAsync<Open>(Patience));
        await SettleAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(lost, await _region.ExpectMsgAsync<Open>(Patience));
        _region.Reply(new Opened(lost.Number, Incarnation(1), Attributes));
        Assert.Equal(Incarnation(1), (await ExpectMsgAsync<Opened>(Patience)).Incarnation);
    }

    [Fact(DisplayName = "A new view asks again at once")]
    public async Task New_view()
    {
        _caller.Tell(Unlink(), TestActor);
        var lost = await _region.ExpectMsgAsync<Unlink>(Patience);
        await SettleAsync();
        Sys.EventStream.Publish(new ReplicaAgentProtocol.ViewServing(2, [A, B]));
        Assert.Equal(lost, await _region.ExpectMsgAsync<Unlink>(Patience));
    }

    [Fact(DisplayName = "It stops with the region, so that the host does not seem to serve")]
    public async Task Region_stops()
    {
        Watch(_caller);
        Sys.Stop(_region);
        await ExpectTerminatedAsync(_caller, Patience);
    }

    private Unlink Unlink() => new(Name, 7, AisTime.Now(_clock) + (10 * Second)) { Asker = Session(1) };

    private Task SettleAsync() => _caller.Ask<ActorIdentity>(new Identify(null), Patience);
}
