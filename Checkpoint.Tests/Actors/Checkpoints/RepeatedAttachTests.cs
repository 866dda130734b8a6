using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Checkpoints.CheckpointProtocol;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

/// <summary>
/// Attach: the open of a client whose host died, by incarnation, on another host. It is asked again like every other command, so its copies come to an
/// entity as well, to one that has died in between too.
/// </summary>
public sealed class RepeatedAttachTests : EntityActorTests
{
    private static readonly Opener OnA = Opener(A);
    private static readonly Opener OnB = Opener(B, session: 2);

    [Fact(DisplayName = "Copies of an attach in one run: each is answered with the incarnation, the client has it open once")]
    public async Task Same_run()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        var attach = Attach(one.Incarnation);
        for (var i = 0; i < 3; i++)
            Assert.Equal(one.Incarnation, (await OpenedAsync(attach)).Incarnation);
        Assert.Equal([OnA.Session, OnB.Session], (await OpenersAsync()).Select(opener => opener.Session).OrderBy(session => session.ToString(), StringComparer.Ordinal));
    }

    [Fact(DisplayName = "An attach whose entity died before it answered: its copy attaches to the old incarnation, though the name is another's by then")]
    public async Task After_death()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        var attach = Attach(one.Incarnation);
        await OpenedAsync(attach); // The answer is lost: the session still waits.
        Registry(A).Has(one.Incarnation, OnA);
        await RestartEntityAsync();
        await DoneAsync(new Unlink(Name, 1, NoDeadline) { Asker = Session(3) });
        var two = await OpenedAsync(Some.Create(Opener(A, session: 3), number: 2) with { Asker = Session(3) });

        Assert.NotEqual(one.Incarnation, two.Incarnation);
        Assert.Equal(one.Incarnation, (await OpenedAsync(attach)).Incarnation);
    }

    [Fact(DisplayName = "An attach to what is gone is NOT_EXIST, and so are its copies, though the name exists again")]
    public async Task Gone()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        await DoneAsync(new Unlink(Name, 2, NoDeadline) { Asker = Session(1) });
        await DoneAsync(Some.Close(one.Incarnation, OnA, number: 3) with { Asker = Session(1) });
        await EventuallyAsync(() => Agent.Lives.IsEmpty, "the deletion");
        var attach = Attach(one.Incarnation);
        await RefusedAsync(AisStatus.NotExist, attach);
        var two = await OpenedAsync(Some.Create(Opener(A, session: 3)) with { Asker = Session(3) });
        Assert.NotEqual(one.Incarnation, two.Incarnation);
        await RefusedAsync(AisStatus.NotExist, attach);
        Assert.Equal(Session(3), Assert.Single(await OpenersAsync()).Session);
    }

    private static Open Attach(IncarnationId incarnation) => Some.Open(OnB, reattach: incarnation) with { Asker = Session(2) };
}
