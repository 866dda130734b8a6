using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Checkpoints.CheckpointProtocol;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

/// <summary>Copies of a request that come to an entity, in the same run or in a later one: it is done once, and answered as at first.</summary>
public sealed class RepeatedRequestTests : EntityActorTests
{
    private static readonly Opener OnA = Opener(A);
    private static readonly Opener OnB = Opener(B, session: 2);

    [Fact(DisplayName = "An unlink whose row was the last that its entity wrote: the copy is told OK, and takes no later checkpoint away")]
    public async Task Unlink_after_death()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        Registry(A).Has(one.Incarnation, OnA);
        Journal.Hold();
        Entity.Tell(Unlink(2), TestActor);
        await SettleAsync();
        await KillEntityAsync();
        Journal.Release();
        StartEntity();

        await DoneAsync(Unlink(2));
        var two = await OpenedAsync(Some.Create(OnB, number: 3) with { Asker = Session(2) });
        await DoneAsync(Unlink(2));
        Registry(B).Has(two.Incarnation, OnB);
        await RestartEntityAsync();
        await DoneAsync(Unlink(2));
        Assert.Equal(two.Incarnation, Assert.IsType<Described>(await DescribeAsync()).Incarnation);
        await ExpectNoMsgAsync(TimeSpan.Zero); // Who died answered nobody.
    }

    [Fact(DisplayName = "A copy that its session no longer waits for is not done, in this run or in a later one")]
    public async Task Late_first_one()
    {
        StartEntity();
        await RefusedAsync(AisStatus.NotExist, Unlink(3));
        var one = await OpenedAsync(Some.Create(OnA, number: 5) with { Asker = Session(1), AnsweredTo = 4 });
        Entity.Tell(Unlink(4), TestActor);
        await SettleAsync();
        Registry(A).Has(one.Incarnation, OnA);
        await RestartEntityAsync();
        Entity.Tell(Unlink(3), TestActor);
        Entity.Tell(Unlink(4), TestActor);
        Assert.Equal(one.Incarnation, Assert.IsType<Described>(await DescribeAsync()).Incarnation);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "A creation that is asked again after its entity's death opens what it created, even when somebody has unlinked that")]
    public async Task Create_after_death()
    {
        StartEntity();
        var create = Some.Create(OnA, number: 2) with { Asker = Session(1) };
        var one = await OpenedAsync(create);
        Registry(A).Has(default, OnA); // The answer was lost: the session still waits.
        await RestartEntityAsync();
        await DoneAsync(Unlink(1, session: 2));
        Assert.Equal(one.Incarnation, (await OpenedAsync(create)).Incarnation);
        await RefusedAsync(AisStatus.NotExist, Some.Open(OnB, number: 2));
        Assert.Single(Agent.Heard<ReplicaAgentProtocol.Create>());
    }

    [Fact(DisplayName = "A creation whose replicas were never made is made anew by its copy")]
    public async Task Create_lost()
    {
        Agent.Answer(command => command is ReplicaAgentProtocol.Create ? null : AisStatus.Ok);
        StartEntity();
        var create = Some.Create(OnA, number: 2) with { Asker = Session(1) };
        Entity.Tell(create, TestActor);
        await EventuallyAsync(() => Agent.Heard<ReplicaAgentProtocol.Create>().Count == 1, "the creation");
        await KillEntityAsync();
        Agent.AnswerOk();
        StartEntity();
        Assert.Equal(Incarnation(2), (await OpenedAsync(create)).Incarnation);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "Copies of a request that is under way wait for it; each is answered, and it is done once")]
    public async Task Under_way()
    {
        StartEntity();
        await OpenedAsync(Some.Create(OnA));
        Journal.Hold();
        for (var i = 0; i < 3; i++)
            Entity.Tell(Unlink(2), TestActor);
        await SettleAsync();
        Journal.Release();
        for (var i = 0; i < 3; i++)
            await ExpectMsgAsync<Done>(Patience);
        await RefusedAsync(AisStatus.NotExist, Unlink(3));
    }

    [Fact(DisplayName = "A copy of what was refused is refused, whatever has changed since")]
    public async Task First_answer()
    {
        StartEntity();
        await RefusedAsync(AisStatus.NotExist, Unlink(2));
        await OpenedAsync(Some.Create(OnB, number: 1));
        await RefusedAsync(AisStatus.NotExist, Unlink(2));
        Assert.Single(await OpenersAsync());
    }

    [Fact(DisplayName = "A retention that was set again is not set back by a copy of the first")]
    public async Task Retention()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        var first = new SetRetention(Name, 2, NoDeadline, one.Incarnation, 7) { Asker = Session(1) };
        await DoneAsync(first);
        await DoneAsync(first with { Number = 3, AnsweredTo = 2, Duration = 9 });
        Registry(A).Has(one.Incarnation, OnA);
        await RestartEntityAsync();
        Entity.Tell(first, TestActor);
        Assert.Equal(9, Assert.IsType<Described>(await DescribeAsync()).RetentionDuration);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "Whoever asks again is not told TIMEOUT by a journal that failed: the next run knows")]
    public async Task Journal_fails()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        var watcher = CreateTestProbe();
        watcher.Watch(Entity);
        Journal.Fail("the disk is gone");
        Entity.Tell(Unlink(2), TestActor);
        await watcher.ExpectTerminatedAsync(Entity, Patience);
        await ExpectNoMsgAsync(TimeSpan.Zero);
        Journal.Fail(null);
        Registry(A).Has(one.Incarnation, OnA);
        StartEntity();
        await DoneAsync(Unlink(2));
        await RefusedAsync(AisStatus.NotExist, Unlink(3));
    }

    [Fact(DisplayName = "A close whose answer was lost takes the opener out again that the next run's roll call has brought back")]
    public async Task Close_after_death()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        var close = Some.Close(one.Incarnation, OnA, number: 2) with { Asker = Session(1) };
        await DoneAsync(close);
        Registry(A).Has(one.Incarnation, OnA); // Its session has no answer yet.
        await RestartEntityAsync();
        Assert.Equal([OnA], await OpenersAsync());
        await DoneAsync(close);
        Assert.Empty(await OpenersAsync());
    }

    [Fact(DisplayName = "An absent name is remembered until no copy of what was asked of it can be in time")]
    public async Task Remembered()
    {
        Options = Options with { AbsentLinger = TimeSpan.Zero };
        StartEntity();
        await OpenedAsync(Some.Create(OnA));
        await DoneAsync(Some.Close(Incarnation(1), OnA, number: 2));
        await DoneAsync(Unlink(3, AisTime.Now(Clock) + (10 * Second)));
        await PassAsync(TimeSpan.FromSeconds(14));
        Assert.False(Shard.HasMessages);
        await DoneAsync(Unlink(3, AisTime.Now(Clock) + (10 * Second)));
        await EventuallyAsync(() => Shard.HasMessages, "the end");
    }

    [Fact(DisplayName = "An absent name whose entity has to move is woken at its new home: its rows are taken away there")]
    public async Task Moved_while_absent()
    {
        StartEntity();
        await OpenedAsync(Some.Create(OnA));
        await DoneAsync(Some.Close(Incarnation(1), OnA, number: 2));
        await DoneAsync(Unlink(3));
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the deletion");
        await SettleAsync();
        Assert.False(Waker.HasMessages);
        await KillEntityAsync();
        Assert.Equal(Name, (await Waker.ExpectMsgAsync<CheckpointWaker.Wake>(Patience)).Name);
    }

    [Fact(DisplayName = "An entity that remembers as much as it may does nothing more that it would have to remember, until some of it is forgotten")]
    public async Task Full()
    {
        Options = Options with { JournalRowsMax = 2000 };
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        var deadline = AisTime.Now(Clock) + (10 * Second);
        var sessions = RequestMemory.CountMax / 2; // Each is one asker and one number.
        for (var i = 0; i < sessions; i++)
            Assert.Equal(AisStatus.Ok, (await AskAsync(Set(i))).Status);
        Assert.Equal(AisStatus.TryAgain, (await AskAsync(Set(sessions))).Status);
        Assert.Equal(AisStatus.Ok, (await AskAsync(Set(3))).Status); // A copy.

        Clock.Advance(TimeSpan.FromSeconds(16));
        deadline += 20 * Second;
        await DoneAsync(Set(sessions));

        SetRetention Set(int i) => new(Name, 1, deadline, one.Incarnation, 1000 + i) { Asker = Session(i + 10) };
    }

    private static Unlink Unlink(ulong number, long deadline = NoDeadline, int session = 1) => new(Name, number, deadline) { Asker = Session(session) };
}
