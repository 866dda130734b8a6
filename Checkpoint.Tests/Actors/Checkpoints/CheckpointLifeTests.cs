using Akka.Actor;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using Xunit;
using static Checkpoint.Actors.Checkpoints.CheckpointProtocol;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

public sealed class CheckpointLifeTests : EntityActorTests
{
    private static readonly Opener OnA = Opener(A);
    private static readonly Opener OnB = Opener(B, session: 2);
    private static readonly TimeSpan Retention = AisTime.ToTimeSpan(Attributes.RetentionDuration);

    [Fact(DisplayName = "CLO-07, CLO-12: retention runs out at its time, the replicas are deleted, the name is free")]
    public async Task Retention_ends()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        await DoneAsync(Some.Close(one.Incarnation, OnA, number: 2));
        await DescribeAsync();
        await PassAsync(Retention * 0.9);
        Assert.Empty(Agent.Heard<ReplicaAgentProtocol.Delete>());
        await EventuallyAsync(() => Agent.Heard<ReplicaAgentProtocol.Delete>().Count == 1, "the deletion");
        await RefusedAsync(AisStatus.NotExist, Some.Open(OnB, number: 3));
        var other = await OpenedAsync(Some.Create(OnB, Attributes with { MaxSections = 9 }, number: 4));
        Assert.NotEqual(one.Incarnation, other.Incarnation);
    }

    [Fact(DisplayName = "CLO-06: an open stops retention")]
    public async Task Reopen()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        await DoneAsync(Some.Close(one.Incarnation, OnA, number: 2));
        await DescribeAsync();
        await PassAsync(Retention / 2);
        Assert.Equal(one.Incarnation, (await OpenedAsync(Some.Open(OnB, number: 3))).Incarnation);
        await PassAsync(Retention * 3);
        Assert.Empty(Agent.Heard<ReplicaAgentProtocol.Delete>());
        Assert.Equal([OnB], await OpenersAsync());
    }

    [Fact(DisplayName = "CLO-08, RET-01, RET-04: retention set to 0: the replicas are told, and the last close deletes before it is answered")]
    public async Task Retention_zero()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        await DoneAsync(new SetRetention(Name, 2, NoDeadline, one.Incarnation, 0));
        Assert.Equal(0, Assert.Single(Agent.Heard<ReplicaAgentProtocol.SetRetention>()).Duration);
        await DoneAsync(Some.Close(one.Incarnation, OnA, number: 3));
        await RefusedAsync(AisStatus.NotExist, Some.Open(OnA with { Handle = 2 }, number: 4));
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the replicas' deletion");
    }

    [Fact(DisplayName = "A retention that the replicas do not confirm is TIMEOUT, counts, and is told again")]
    public async Task Retention_untold()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        Agent.Answer(command => command is ReplicaAgentProtocol.SetRetention ? AisStatus.TryAgain : AisStatus.Ok);
        await RefusedAsync(AisStatus.Timeout, new SetRetention(Name, 2, NoDeadline, one.Incarnation, 7));
        Assert.Equal(7, Assert.IsType<Described>(await DescribeAsync()).RetentionDuration);
        Agent.AnswerOk();
        var told = Agent.Heard<ReplicaAgentProtocol.SetRetention>().Count;
        await EventuallyAsync(() => Agent.Heard<ReplicaAgentProtocol.SetRetention>().Count > told, "told again");
    }

    [Fact(DisplayName = "UNL-07, UNL-08: unlinked while open, the name is created anew; each ends by its own last close")]
    public async Task Unlink_while_open()
    {
        StartEntity();
        var old = await OpenedAsync(Some.Create(OnA));
        await DoneAsync(new Unlink(Name, 2, NoDeadline));
        await EventuallyAsync(() => Agent.Heard<ReplicaAgentProtocol.MarkUnlinked>().Count == 1, "the replicas hear of it");
        await RefusedAsync(AisStatus.NotExist, new Unlink(Name, 3, NoDeadline));
        await RefusedAsync(AisStatus.NotExist, Some.Open(OnB, number: 4));
        await RefusedAsync(AisStatus.BadOperation, new SetRetention(Name, 5, NoDeadline, old.Incarnation, 1));

        var other = await OpenedAsync(Some.Create(OnB, Attributes with { MaxSections = 9 }, number: 6));
        Assert.Equal(old.Incarnation, (await OpenedAsync(Some.Open(Opener(B, session: 3), number: 7, reattach: old.Incarnation))).Incarnation);
        await DoneAsync(Some.Close(old.Incarnation, OnA, number: 8));
        Assert.Equal(2, Agent.Lives.Count); // The re-attached one still has it.
        await DoneAsync(Some.Close(old.Incarnation, Opener(B, session: 3), number: 9));
        await EventuallyAsync(() => Agent.Lives.Count == 1, "the old one's deletion");
        Assert.True(Agent.Lives.ContainsKey(other.Incarnation));
        Assert.Equal([OnB with { Flags = OnB.Flags | OpenFlags.Create }], await OpenersAsync());
    }

    [Fact(DisplayName = "UNL-13: unlinked during retention it is gone at once")]
    public async Task Unlink_retained()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        await DoneAsync(Some.Close(one.Incarnation, OnA, number: 2));
        await DoneAsync(new Unlink(Name, 3, NoDeadline));
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the deletion");
    }

    [Fact(DisplayName = "A deletion that the replicas do not confirm is told again until they do")]
    public async Task Deletion_again()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        Agent.Answer(command => command is ReplicaAgentProtocol.Delete ? null : AisStatus.Ok);
        await DoneAsync(new Unlink(Name, 2, NoDeadline));
        await DoneAsync(Some.Close(one.Incarnation, OnA, number: 3));
        await EventuallyAsync(() => Agent.Heard<ReplicaAgentProtocol.Delete>().Count == 3, "three attempts");
        Agent.AnswerOk();
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the deletion");
    }

    [Fact(DisplayName = "Replicas that are listed for a moment after their confirmed deletion are not taken for unknown ones")]
    public async Task Deletion_confirmed()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        await DoneAsync(new Unlink(Name, 2, NoDeadline));
        await DoneAsync(Some.Close(one.Incarnation, OnA, number: 3));
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the deletion");
        Agent.Lives[one.Incarnation] = true;
        await RefusedAsync(AisStatus.NotExist, Some.Open(OnB, number: 4));
        await SettleAsync();
        Assert.Single(Agent.Heard<ReplicaAgentProtocol.Delete>());
    }

    [Fact(DisplayName = "An entity that moves finishes what it is at, refuses what waits, and has itself started again elsewhere")]
    public async Task Hand_off()
    {
        StartEntity();
        await DescribeAsync();
        Agent.Answer(command => command is ReplicaAgentProtocol.Create ? null : AisStatus.Ok);
        var create = AskAsync(Some.Create(OnA));
        await EventuallyAsync(() => Agent.Heard<ReplicaAgentProtocol.Create>().Count == 1, "the creation");
        var waiting = AskAsync(Some.Open(OnB, number: 2));
        await SettleAsync();
        var watcher = CreateTestProbe();
        watcher.Watch(Entity);
        Entity.Tell(CheckpointActor.StopWhenIdle.Instance);
        Assert.Equal(AisStatus.TryAgain, (await waiting).Status);
        Assert.False(create.IsCompleted);

        Entity.Tell(ReplicaAgentProtocol.Done.Ok(Agent.Heard<ReplicaAgentProtocol.Create>()[0].Number));
        Assert.IsType<Opened>(await create);
        await watcher.ExpectTerminatedAsync(Entity, Patience);
        Assert.Equal(Name, (await Waker.ExpectMsgAsync<CheckpointWaker.Wake>(Patience)).Name);
    }

    [Fact(DisplayName = "Collocated: the first opener on a host adds its replica before it is answered, the second does not")]
    public async Task Add_replica()
    {
        StartEntity();
        await OpenedAsync(Some.Create(OnA, Collocated));
        Assert.Empty(Agent.Heard<ReplicaAgentProtocol.AddReplica>());
        await OpenedAsync(Some.Open(OnB, number: 2));
        await OpenedAsync(Some.Open(Opener(B, session: 3), number: 3));
        Assert.Equal(B, Assert.Single(Agent.Heard<ReplicaAgentProtocol.AddReplica>()).Host);

        Agent.Hosts = [A, B, C];
        Agent.ViewNumber = 2;
        Agent.Answer(command => command is ReplicaAgentProtocol.AddReplica ? AisStatus.NoResources : AisStatus.Ok);
        await RefusedAsync(AisStatus.NoResources, Some.Open(Opener(C, session: 4), number: 4));
        Assert.Equal(3, (await OpenersAsync()).Count);
    }

    [Fact(DisplayName = "Set-active is answered when the replicas have switched; the refusal of one is the caller's")]
    public async Task Set_active()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA, Collocated));
        await DoneAsync(new SetActive(Name, 2, NoDeadline, one.Incarnation, A));
        Assert.Equal(A, Assert.Single(Agent.Heard<ReplicaAgentProtocol.SetActive>()).To);
        Agent.Answer(command => command is ReplicaAgentProtocol.SetActive ? AisStatus.NotExist : AisStatus.Ok);
        await RefusedAsync(AisStatus.NotExist, new SetActive(Name, 3, NoDeadline, one.Incarnation, B));
    }
}
