using Akka.Actor;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;
using Xunit;
using static Checkpoint.Actors.Checkpoints.CheckpointProtocol;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

/// <summary>Starts, changes of view and the roll call.</summary>
public sealed class CheckpointViewTests : EntityActorTests
{
    private static readonly Opener OnA = Opener(A);
    private static readonly Opener OnB = Opener(B, session: 2);
    private static readonly TimeSpan Retention = AisTime.ToTimeSpan(Attributes.RetentionDuration);

    [Fact(DisplayName = "A new run knows what the journal and the sessions know")]
    public async Task Recovery()
    {
        var one = await CreatedAsync(OnA, OnB);
        await DoneAsync(new SetRetention(Name, 5, NoDeadline, one, 77));
        Registry(A).Has(one, OnA);
        Registry(B).Has(one, OnB);
        await RestartEntityAsync();
        var described = Assert.IsType<Described>(await DescribeAsync());
        Assert.Equal((one, Attributes, 77L), (described.Incarnation, described.Attributes, described.RetentionDuration));
        Assert.Equal(new[] { OnA, OnB }.ToHashSet(), described.Openers.ToHashSet());
    }

    [Fact(DisplayName = "After the last replica's loss the checkpoint does not exist, whatever the journal says")]
    public async Task Lost_replicas()
    {
        var one = await CreatedAsync(OnA);
        Registry(A).Has(one, OnA);
        Agent.Lives.Clear();
        await RestartEntityAsync();
        await RefusedAsync(AisStatus.NotExist, Some.Open(OnB, number: 9));
        Assert.NotEqual(one, (await OpenedAsync(Some.Create(OnB, number: 10))).Incarnation);
    }

    [Fact(DisplayName = "Replicas of which the journal knows nothing are deleted, by a ping at the latest")]
    public async Task Unknown_replicas()
    {
        Agent.Lives[Incarnation(55)] = true;
        StartEntity();
        await DoneAsync(new Ping(Name, 1, NoDeadline));
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the deletion");
    }

    [Fact(DisplayName = "Unknown is not none: while one host has not answered, no retention ends and nobody is answered; then it does")]
    public async Task Roll_call_delays_retention()
    {
        var one = await CreatedAsync(OnA);
        await DoneAsync(Some.Close(one, OnA, number: 5));
        Registry(B).Answering = false;
        await RestartEntityAsync();
        var open = AskAsync(Some.Open(OnA with { Handle = 2 }, number: 6, deadline: AisTime.Now(Clock) + Second));
        await EventuallyAsync(() => Registry(B).Heard.Count > 0, "a roll call");
        await PassAsync(Retention * 3);
        Assert.Empty(Agent.Heard<ReplicaAgentProtocol.Delete>());
        Assert.Equal(AisStatus.TryAgain, (await open).Status);
        Assert.True(Registry(B).Heard.Count > 1, "the host is asked again");

        Registry(B).Answering = true;
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the deletion");
    }

    [Fact(DisplayName = "An open in flight holds retention back until it comes or is taken back")]
    public async Task In_flight()
    {
        var one = await CreatedAsync(OnA);
        await DoneAsync(Some.Close(one, OnA, number: 5));
        Registry(B).Has(default, OnB);
        await RestartEntityAsync();
        await DescribeAsync();
        await PassAsync(Retention * 3);
        Assert.Empty(Agent.Heard<ReplicaAgentProtocol.Delete>());

        Registry(B).Has(default);
        await DoneAsync(Some.Close(default, OnB, number: 6));
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the deletion");
    }

    [Fact(DisplayName = "Answers of another term or another roll call count for nothing")]
    public async Task Stale_answers()
    {
        var one = await CreatedAsync(OnA);
        await DoneAsync(Some.Close(one, OnA, number: 5));
        Registry(B).Answering = false;
        await RestartEntityAsync();
        await EventuallyAsync(() => Registry(B).Heard.Count > 0, "a roll call");
        var call = Registry(B).Heard[^1];
        Entity.Tell(new SessionRegistryProtocol.Present(Name, call.Term - 1, call.Number, B, 1, []));
        Entity.Tell(new SessionRegistryProtocol.Present(Name, call.Term, call.Number - 1, B, 1, []));
        Entity.Tell(new SessionRegistryProtocol.Present(Name, call.Term, call.Number, C, 1, []));
        await PassAsync(Retention * 2);
        Assert.Empty(Agent.Heard<ReplicaAgentProtocol.Delete>());

        Entity.Tell(new SessionRegistryProtocol.Present(Name, call.Term, call.Number, B, 1, []));
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the deletion");
    }

    [Fact(DisplayName = "Each start has a higher term")]
    public async Task Terms_rise()
    {
        var one = await CreatedAsync(OnA);
        Registry(A).Has(one, OnA);
        await RestartEntityAsync();
        await DescribeAsync();
        await RestartEntityAsync();
        await DescribeAsync();
        var terms = Registry(A).Heard.Select(call => call.Term).Distinct().ToList();
        Assert.Equal(2, terms.Count);
        Assert.True(terms[0] < terms[1], $"{terms[0]} < {terms[1]}");
    }

    [Fact(DisplayName = "A lost host's openers are closed after the grace; retention counts from the loss")]
    public async Task Lost_host()
    {
        var one = await CreatedAsync(OnB);
        ChangeView(2, A, C);
        await SettleAsync();
        var lostAt = Clock.GetUtcNow();
        await PassAsync(Options.ReattachGrace * 0.9);
        Assert.Equal([OnB with { Flags = OnB.Flags | OpenFlags.Create }], await OpenersAsync());
        await EventuallyAsync(() => Agent.Heard<ReplicaAgentProtocol.Delete>().Count == 1, "the deletion");
        Assert.Equal(one, Agent.Heard<ReplicaAgentProtocol.Delete>()[0].Incarnation);

        // Retention (10 s) is over before the grace (15 s): counted from the loss it is due when the grace ends.
        var took = Clock.GetUtcNow() - lostAt;
        Assert.InRange(took, Options.ReattachGrace, Options.ReattachGrace + TimeSpan.FromSeconds(2));
    }

    [Fact(DisplayName = "Who re-attaches by incarnation within the grace keeps it, unlinked as well")]
    public async Task Reattach()
    {
        var one = await CreatedAsync(OnB);
        await DoneAsync(new Unlink(Name, 5, NoDeadline));
        ChangeView(2, A, C);
        Assert.Equal(one, (await OpenedAsync(Some.Open(OnA, number: 6, reattach: one))).Incarnation);
        Registry(A).Has(one, OnA);
        await PassAsync(Options.ReattachGrace * 2);
        Assert.Empty(Agent.Heard<ReplicaAgentProtocol.Delete>());
        await DoneAsync(Some.Close(one, OnA, number: 7));
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the deletion");
    }

    [Fact(DisplayName = "A client of a lost host that re-attaches takes the place that waits for it: as many openers as before, gone at the last Close")]
    public async Task Reattach_counts_once()
    {
        var other = Opener(B, session: 3);
        var one = await CreatedAsync(OnB, other);
        await DoneAsync(new SetRetention(Name, 5, NoDeadline, one, 0));
        ChangeView(2, A, C);
        await OpenedAsync(Some.Open(OnA, number: 6, reattach: one));
        Registry(A).Has(one, OnA);
        Assert.Equal(new[] { OnA, other }.ToHashSet(), (await OpenersAsync()).ToHashSet());

        // The other client's place still waits; with it gone too, nothing does.
        await DoneAsync(Some.Close(one, OnA, number: 7));
        Registry(A).Has(one);
        await SettleAsync();
        Assert.Empty(Agent.Heard<ReplicaAgentProtocol.Delete>());
        var returned = Opener(C, session: 4);
        await OpenedAsync(Some.Open(returned, number: 8, reattach: one));
        await DoneAsync(Some.Close(one, returned, number: 9));
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the deletion");
    }

    [Fact(DisplayName = "An entity that is lost together with its openers' host gives them the same grace")]
    public async Task Lost_with_the_entity()
    {
        await CreatedAsync(OnB);
        ChangeView(2, A, C);
        await RestartEntityAsync();
        await DescribeAsync();
        await PassAsync(Options.ReattachGrace * 0.9);
        Assert.Empty(Agent.Heard<ReplicaAgentProtocol.Delete>());
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the deletion");
    }

    [Fact(DisplayName = "A host whose loss is due while another has not answered the start's roll call yet is closed as soon as that one has")]
    public async Task Lost_while_starting()
    {
        var one = await CreatedAsync(OnB);
        Registry(B).Has(one, OnB);
        Registry(C).Answering = false;
        ChangeView(2, A, B, C);
        await RestartEntityAsync();
        await EventuallyAsync(() => Registry(B).Heard.Count > 0 && Registry(C).Heard.Count > 0, "a roll call");
        await SettleAsync();
        ChangeView(3, A, C);
        await PassAsync(Options.ReattachGrace * 2);
        Assert.Empty(Agent.Heard<ReplicaAgentProtocol.Delete>());

        Registry(C).Answering = true;
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the deletion");
    }

    [Fact(DisplayName = "S15: an opener that no session has any more is closed by the next comparison, one that only sessions know counts")]
    public async Task Comparison()
    {
        var one = await CreatedAsync(OnA, OnB);
        Registry(A).Has(one);
        Registry(B).Has(one, OnB, Opener(B, session: 7));
        ChangeView(2, A, B);
        await EventuallyAsync(() => Registry(B).Heard.Count > 0, "a roll call");
        await SettleAsync();
        Assert.Equal(new[] { OnB, Opener(B, session: 7) }.ToHashSet(), (await OpenersAsync()).ToHashSet());
    }

    [Fact(DisplayName = "The view in which replicas were lost takes them from the entity too")]
    public async Task Lost_in_a_view()
    {
        await CreatedAsync(OnA);
        Agent.Lives.Clear();
        ChangeView(2, A, B);
        await RefusedAsync(AisStatus.NotExist, new Describe(Name, 5, NoDeadline));
    }

    private async Task<IncarnationId> CreatedAsync(params Opener[] openers)
    {
        StartEntity();
        var created = await OpenedAsync(Some.Create(openers[0]));
        foreach (var opener in openers.Skip(1))
            await OpenedAsync(Some.Open(opener, number: 2));
        return created.Incarnation;
    }

    private void ChangeView(long number, params HostId[] hosts)
    {
        Agent.ViewNumber = number;
        Agent.Hosts = hosts;
        Sys.EventStream.Publish(new ReplicaAgentProtocol.ViewServing(number, hosts));
    }
}
