using Akka.Actor;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using Xunit;
using static Checkpoint.Actors.Checkpoints.CheckpointProtocol;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

public sealed class CheckpointCreateTests : EntityActorTests
{
    private static readonly Opener OnA = Opener(A);
    private static readonly Opener OnB = Opener(B, session: 2);

    [Fact(DisplayName = "A creation is answered after the journal and after the replicas, in that order")]
    public async Task Reply_after_the_fact()
    {
        StartEntity();
        Assert.Equal(AisStatus.NotExist, (await DescribeAsync()).Status);
        Journal.Hold();
        Agent.Answer(command => command is ReplicaAgentProtocol.Create ? null : AisStatus.Ok);
        Entity.Tell(Some.Create(OnA), TestActor);
        await SettleAsync();
        Assert.Empty(Agent.Heard<ReplicaAgentProtocol.Create>()); // The journal has not confirmed: no replica before it.

        Journal.Release();
        await EventuallyAsync(() => Agent.Heard<ReplicaAgentProtocol.Create>().Count == 1, "the replicas' creation");
        await ExpectNoMsgAsync(TimeSpan.Zero); // The replicas have not confirmed: no answer.

        var create = Agent.Heard<ReplicaAgentProtocol.Create>()[0];
        Assert.Equal((Name, Attributes, A), (create.Name, create.Attributes, create.Creator));
        Entity.Tell(ReplicaAgentProtocol.Done.Ok(create.Number));
        Assert.Equal(new Opened(1, create.Incarnation, Attributes), await ExpectMsgAsync<Opened>(Patience));
    }

    [Fact(DisplayName = "OPN-38: of two creations at once with different attributes one opens, the other is EXIST")]
    public async Task Race()
    {
        StartEntity();
        var one = AskAsync(Some.Create(OnA));
        var other = AskAsync(Some.Create(OnB, Attributes with { MaxSections = 9 }, number: 2));
        await EventuallyAsync(() => one.IsCompleted && other.IsCompleted, "two answers");
        Assert.IsType<Opened>(await one);
        Assert.Equal(AisStatus.Exist, (await other).Status);
        Assert.Equal([OnA with { Flags = OnA.Flags | OpenFlags.Create }], await OpenersAsync());
    }

    [Fact(DisplayName = "A creation that the replicas refuse is taken back: the status goes to the caller, nothing stays")]
    public async Task Refused_by_replicas()
    {
        Agent.Answer(command => command is ReplicaAgentProtocol.Create ? AisStatus.NoResources : AisStatus.Ok);
        StartEntity();
        await RefusedAsync(AisStatus.NoResources, Some.Create(OnA));
        await RefusedAsync(AisStatus.NotExist, Some.Open(OnA, number: 2));
        Assert.Equal(Incarnation(1), Assert.Single(Agent.Heard<ReplicaAgentProtocol.Delete>()).Incarnation);
    }

    [Fact(DisplayName = "A creation that the replicas do not confirm in time is TIMEOUT and taken back, half-made or not")]
    public async Task Unconfirmed_by_replicas()
    {
        Agent.Answer(command => command is ReplicaAgentProtocol.Create ? null : AisStatus.Ok);
        Agent.Lives[Incarnation(1)] = true; // It gets there after all.
        StartEntity();
        Agent.Lives.Clear();
        var reply = AskAsync(Some.Create(OnA, deadline: AisTime.Now(Clock) + (5 * Second)));
        await HappensAsync(() => Agent.Heard<ReplicaAgentProtocol.Create>().Count == 1, "the creation");
        Agent.Lives[Incarnation(1)] = true;
        await EventuallyAsync(() => reply.IsCompleted, "an answer");
        Assert.Equal(AisStatus.Timeout, (await reply).Status);
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the half-made one's deletion");
        await RefusedAsync(AisStatus.NotExist, Some.Open(OnA, number: 2));
    }

    [Fact(DisplayName = "A host that dies between the journal's row and the replicas leaves nothing behind")]
    public async Task Crash_between()
    {
        Agent.Answer(command => command is ReplicaAgentProtocol.Create ? null : AisStatus.Ok);
        StartEntity();
        Entity.Tell(Some.Create(OnA), TestActor);
        await EventuallyAsync(() => Agent.Heard<ReplicaAgentProtocol.Create>().Count == 1, "the creation");
        await RestartEntityAsync();
        Assert.Equal(AisStatus.Timeout, (await ExpectMsgAsync<Refused>(Patience)).Status);
        await RefusedAsync(AisStatus.NotExist, Some.Open(OnA, number: 2));
        Agent.AnswerOk();
        Assert.Equal(Incarnation(2), (await OpenedAsync(Some.Create(OnA, number: 3))).Incarnation);
    }

    [Fact(DisplayName = "A journal that fails: a creation is TRY_AGAIN, an unlink TIMEOUT; then the journal's word counts")]
    public async Task Journal_fails()
    {
        StartEntity();
        await DescribeAsync();
        Journal.Fail("the disk is gone");
        await RefusedAsync(AisStatus.TryAgain, Some.Create(OnA));
        Assert.Empty(Agent.Heard<ReplicaAgentProtocol.Create>());

        Journal.Fail(null);
        StartEntity();
        await OpenedAsync(Some.Create(OnA, number: 2));
        Journal.Fail("the disk is gone");
        await RefusedAsync(AisStatus.Timeout, new Unlink(Name, 3, NoDeadline));
        await Waker.FishForMessageAsync(message => message is not null, Patience); // Its retention must not be forgotten.

        Journal.Fail(null);
        Registry(A).Has(Incarnation(1), OnA);
        StartEntity();
        Assert.Equal([OnA], await OpenersAsync());
    }

    [Fact(DisplayName = "A journal that proves that it has no row: an unlink, a retention and a close are TRY_AGAIN too, and go on when it works again")]
    public async Task Journal_refuses()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        Registry(A).Has(one.Incarnation, OnA);
        foreach (var command in new ICommand[]
        {
            new SetRetention(Name, 2, NoDeadline, one.Incarnation, 77),
            Some.Close(one.Incarnation, OnA, number: 3),
            new Unlink(Name, 4, NoDeadline),
        })
        {
            Journal.Refuse("database or disk is full");
            Assert.Equal(AisStatus.TryAgain, (await AskAsync(command)).Status); // The entity stops with it: nobody to wait for in steps.
            Journal.Fail(null);
            StartEntity();
            await DescribeAsync();
        }

        await DoneAsync(new Unlink(Name, 5, NoDeadline));
    }

    [Fact(DisplayName = "A journal that cannot be read: what came meanwhile was not begun, TRY_AGAIN")]
    public async Task Journal_away()
    {
        Journal.FailReads("it is away");
        StartEntity();
        Assert.Equal(AisStatus.TryAgain, (await AskAsync(new Unlink(Name, 1, NoDeadline))).Status);

        Journal.FailReads(null);
        StartEntity();
        await OpenedAsync(Some.Create(OnA, number: 2));
    }

    [Fact(DisplayName = "Without the lease nothing is answered from memory: TRY_AGAIN")]
    public async Task No_lease()
    {
        StartEntity();
        var incarnation = (await OpenedAsync(Some.Create(OnA))).Incarnation;
        Agent.Answer(_ => AisStatus.TryAgain);
        await RefusedAsync(AisStatus.TryAgain, Some.Open(OnB, number: 2));
        await RefusedAsync(AisStatus.TryAgain, Some.Close(incarnation, OnA, number: 3));
        await RefusedAsync(AisStatus.TryAgain, new Describe(Name, 4, NoDeadline));
        Agent.AnswerOk();
        Assert.Single(await OpenersAsync());
    }

    [Fact(DisplayName = "A command whose deadline passed is TRY_AGAIN and leaves no trace")]
    public async Task Too_late()
    {
        StartEntity();
        await RefusedAsync(AisStatus.TryAgain, Some.Create(OnA, deadline: AisTime.Now(Clock)));
        await RefusedAsync(AisStatus.NotExist, Some.Open(OnA, number: 2));
    }

    [Fact(DisplayName = "Waiting commands are limited; those above get TRY_AGAIN with the limit, the others their turn")]
    public async Task Queue_limit()
    {
        Options = Options with { QueuedCommandsMax = 3 };
        Agent.Answer(_ => null);
        StartEntity();
        for (ulong i = 1; i <= 5; i++)
            Entity.Tell(new Describe(Name, i, NoDeadline), TestActor);
        var refused = await ExpectMsgAsync<Refused>(Patience);
        Assert.Equal((5UL, AisStatus.TryAgain), (refused.Number, refused.Status));
        Assert.Contains("limit is 3", refused.Reason);
    }

    [Fact(DisplayName = "An open that closes before it comes is refused, and an open that is asked twice counts once")]
    public async Task Taken_back()
    {
        StartEntity();
        var incarnation = (await OpenedAsync(Some.Create(OnA))).Incarnation;
        await DoneAsync(Some.Close(default, OnB, number: 2));
        await RefusedAsync(AisStatus.TryAgain, Some.Open(OnB, number: 3));
        Assert.Equal(incarnation, (await OpenedAsync(Some.Create(OnA, number: 4))).Incarnation);
        Assert.Single(await OpenersAsync());
    }

    [Fact(DisplayName = "Absent names are looked up without a row in the journal")]
    public async Task Absent()
    {
        StartEntity();
        await DescribeAsync();
        Journal.Fail("no row may be written");
        await RefusedAsync(AisStatus.NotExist, Some.Open(OnA));
        await RefusedAsync(AisStatus.NotExist, new Unlink(Name, 2, NoDeadline));
        await DoneAsync(Some.Close(Incarnation(1), OnA, number: 3));
        await DoneAsync(new Ping(Name, 4, NoDeadline));
    }

    [Fact(DisplayName = "Another name with the same entity id is refused")]
    public async Task Collision()
    {
        StartEntity();
        await OpenedAsync(Some.Create(OnA));
        await RefusedAsync(AisStatus.NoResources, new Describe(new CheckpointName("other"), 2, NoDeadline));
    }
}
