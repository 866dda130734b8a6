using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;
using Xunit;
using static Checkpoint.Actors.Checkpoints.CheckpointDecision;
using static Checkpoint.Actors.Checkpoints.CheckpointEvents;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

public sealed class CheckpointRulesTests
{
    private static readonly IncarnationId One = Incarnation(1);
    private static readonly IncarnationId Two = Incarnation(2);
    private static readonly CheckpointProtocol.Opener OnA = Opener(A);
    private static readonly CheckpointProtocol.Opener OnB = Opener(B, session: 2);

    [Fact(DisplayName = "OPN-02: without CREATE an absent name is NOT_EXIST")]
    public void Open_absent() => Refused(AisStatus.NotExist, CheckpointState.Absent.Decide(Open(OnA)));

    [Fact(DisplayName = "OPN-03: without CREATE an existing one is joined")]
    public void Open_existing() => Assert.Equal(One, Joined(Opened(OnA).Decide(Open(OnB))).Life.Id);

    [Fact(DisplayName = "Shortening the journal of an open checkpoint closes nobody: the last close still deletes an unlinked one")]
    public void Kept_while_open()
    {
        var open = Opened(OnA).Apply(new Unlinked(One));
        var kept = open.Apply(open.Keep());

        Assert.Equal(open.OpenerCount, kept.OpenerCount);
        Assert.Equal(new Deleted(One, DeletionReason.Closed), Assert.Single(kept.Decide(Close(One, OnA), 7 * Second).Events));
    }

    [Fact(DisplayName = "OPN-06, OPN-07: attributes go with CREATE and with nothing else")]
    public void Open_arguments()
    {
        Refused(AisStatus.InvalidParam, CheckpointState.Absent.Decide(Create(OnA) with { Create = null }));
        Refused(AisStatus.InvalidParam, Opened(OnA).Decide(Open(OnB) with { Create = Attributes }));
    }

    [Fact(DisplayName = "OPN-10, OPN-12, OPN-33, OPN-35: impossible attributes are INVALID_PARAM, also for a name that exists")]
    public void Open_impossible_attributes()
    {
        CreationAttributes[] impossible =
        [
            Attributes with { Flags = (CreationFlags)3 }, Attributes with { CheckpointSize = 4097 },
            Attributes with { RetentionDuration = -1 }, Attributes with { MaxSections = 0 },
        ];
        foreach (var attributes in impossible)
        {
            Refused(AisStatus.InvalidParam, CheckpointState.Absent.Decide(Create(OnA, attributes)));
            Refused(AisStatus.InvalidParam, Opened(OnA).Decide(Create(OnB, attributes)));
        }
    }

    [Fact(DisplayName = "An absent name with CREATE is created with the opener's attributes")]
    public void Create_absent() => Assert.Equal(new Create(Attributes), CheckpointState.Absent.Decide(Create(OnA)));

    [Fact(DisplayName = "OPN-15: CREATE with the same attributes opens")]
    public void Create_same() => Assert.Equal(One, Joined(Opened(OnA).Decide(Create(OnB))).Life.Id);

    [Fact(DisplayName = "OPN-16: CREATE with one attribute different is EXIST, each of them")]
    public void Create_different()
    {
        CreationAttributes[] others =
        [
            Attributes with { Flags = CreationFlags.WriteActiveReplica }, Attributes with { CheckpointSize = 1 },
            Attributes with { MaxSections = 5 }, Attributes with { MaxSectionSize = 1025 }, Attributes with { MaxSectionIdSize = 17 },
        ];
        foreach (var other in others)
            foreach (var compareRetention in new[] { false, true })
                Refused(AisStatus.Exist, Opened(OnA).Decide(Create(OnB, other, compareRetention)));
    }

    [Fact(DisplayName = "OPN-17: another retention duration is EXIST where it is compared, and ignored where not")]
    public void Create_other_retention()
    {
        var other = Attributes with { RetentionDuration = 1 };
        Refused(AisStatus.Exist, Opened(OnA).Decide(Create(OnB, other, compareRetention: true)));
        var joined = Joined(Opened(OnA).Decide(Create(OnB, other, compareRetention: false)));
        Assert.Equal(Attributes.RetentionDuration, joined.Life.RetentionDuration);
    }

    [Fact(DisplayName = "OPN-18, OPN-40: compared is the retention duration at creation, not the one set later")]
    public void Create_after_retention_set()
    {
        var state = Opened(OnA).Apply(new RetentionSet(One, 99));
        foreach (var compareRetention in new[] { false, true })
            Joined(state.Decide(Create(OnB, Attributes, compareRetention)));
        Refused(AisStatus.Exist, state.Decide(Create(OnB, Attributes with { RetentionDuration = 99 }, compareRetention: true)));
    }

    [Fact(DisplayName = "A re-attach finds its incarnation, unlinked or not, and never a namesake")]
    public void Reattach()
    {
        var state = Opened(OnA).Apply(new Unlinked(One)).Apply(new Created(Two, Attributes, 5));
        Assert.Equal(One, Joined(state.Decide(Open(OnB, reattach: One))).Life.Id);
        Assert.Equal(Two, Joined(state.Decide(Open(OnB))).Life.Id);
        Refused(AisStatus.NotExist, state.Apply(new Deleted(One, DeletionReason.Closed)).Decide(Open(OnB, reattach: One)));
    }

    [Fact(DisplayName = "A join stops retention when nobody has it open, and adds a collocated replica for the first opener on a host")]
    public void Join_details()
    {
        var retained = Collocate(OnA).Leave(_ => true, 5).Apply(new ClosedLast(One, 5));
        Assert.Equal((true, true), Details(retained, OnA));
        Assert.Equal((false, true), Details(Collocate(OnA), OnB));
        Assert.Equal((false, false), Details(Collocate(OnA), Opener(A, session: 3)));
        Assert.Equal((false, false), Details(Opened(OnA), OnB));

        static (bool, bool) Details(CheckpointState state, CheckpointProtocol.Opener opener)
        {
            var join = Joined(state.Decide(Open(opener)));
            return (join.StopRetention, join.AddReplica);
        }
    }

    [Fact(DisplayName = "Opens and incarnations of one name are limited")]
    public void Limits()
    {
        var full = Enumerable.Range(0, CheckpointRules.OpenersMax)
            .Aggregate(Opened(), (state, i) => state.Join(One, Opener(A, handle: (ulong)i)));
        Refused(AisStatus.NoResources, full.Decide(Open(OnB)));
        Joined(full.Decide(Open(Opener(A, handle: 7)))); // Repeated, not one more.

        var many = Enumerable.Range(1, CheckpointRules.IncarnationsMax).Aggregate(
            CheckpointState.Absent,
            (state, i) => state.Apply(new Created(Incarnation(i), Attributes, i)).Apply(new Unlinked(Incarnation(i))));
        Refused(AisStatus.NoResources, many.Decide(Create(OnA)));
    }

    [Fact(DisplayName = "CLO-10: a close that is not the last one records nothing")]
    public void Close_first_of_two() =>
        Assert.Empty(Opened(OnA, OnB).Decide(Close(One, OnA), 5).Events);

    [Fact(DisplayName = "CLO-07, CLO-11: the last close starts retention, counted from it")]
    public void Close_last()
    {
        var record = Opened(OnA).Decide(Close(One, OnA), 5);
        Assert.Equal([new ClosedLast(One, 5)], record.Events);
        Assert.Equal(5 + (10 * Second), Left(Opened(OnA), record, 5).NextRetentionEnd);
    }

    [Fact(DisplayName = "CLO-08, RET-04: with retention 0, given or set, the last close deletes")]
    public void Close_last_without_retention()
    {
        var state = Opened(OnA).Apply(new RetentionSet(One, 0));
        Assert.Equal([new Deleted(One, DeletionReason.Closed)], state.Decide(Close(One, OnA), 5).Events);
    }

    [Fact(DisplayName = "CLO-09, RET-03: a retention without end never ends, nor does one beyond the end of time")]
    public void Retention_without_end()
    {
        foreach (var duration in new[] { AisTime.End, AisTime.End - 1 })
        {
            var state = Opened(OnA).Apply(new RetentionSet(One, duration));
            state = Left(state, state.Decide(Close(One, OnA), 5), 5);
            Assert.Equal(AisTime.End, state.NextRetentionEnd);
            Assert.Empty(state.DecideRetentionEnds(AisTime.End - 1).Events);
        }
    }

    [Fact(DisplayName = "CLO-06: an open during retention stops it; the next close starts it anew")]
    public void Reopen_stops_retention()
    {
        var state = Left(Opened(OnA), new([new ClosedLast(One, 5)]), 5).Apply(new OpenedFirst(One)).Join(One, OnB);
        Assert.Empty(state.DecideRetentionEnds(100 * Second).Events);
        Assert.Equal([new ClosedLast(One, 50 * Second)], state.Decide(Close(One, OnB), 50 * Second).Events);
    }

    [Fact(DisplayName = "CLO-07, RET-02: retention ends at its time and not before")]
    public void Retention_ends()
    {
        var state = Opened(OnA).Apply(new RetentionSet(One, Second)).Leave(_ => true, 5).Apply(new ClosedLast(One, 5));
        Assert.Empty(state.DecideRetentionEnds(4 + Second).Events);
        Assert.Equal([new Deleted(One, DeletionReason.RetentionEnded)], state.DecideRetentionEnds(5 + Second).Events);
    }

    [Fact(DisplayName = "CLO-02: a close of an opener that is not there records nothing, whichever incarnation it names")]
    public void Close_unknown()
    {
        Assert.Empty(Opened(OnA).Decide(Close(One, OnB), 5).Events);
        Assert.Empty(Opened(OnA).Decide(Close(Two, OnB), 5).Events);
        Assert.Equal([new ClosedLast(One, 5)], Opened(OnA).Decide(Close(default, OnA), 5).Events);
    }

    [Fact(DisplayName = "UNL-01, UNL-13: unlink of one that nobody has open deletes it at once")]
    public void Unlink_retained()
    {
        var state = Left(Opened(OnA), new([new ClosedLast(One, 5)]), 5);
        Assert.Equal([new Deleted(One, DeletionReason.Unlinked)], Recorded(state.Decide(new CheckpointProtocol.Unlink(Name, 1, NoDeadline))));
    }

    [Fact(DisplayName = "UNL-02, UNL-03: unlink of an absent or already unlinked name is NOT_EXIST")]
    public void Unlink_twice()
    {
        var unlink = new CheckpointProtocol.Unlink(Name, 1, NoDeadline);
        Refused(AisStatus.NotExist, CheckpointState.Absent.Decide(unlink));
        Assert.Equal([new Unlinked(One)], Recorded(Opened(OnA).Decide(unlink)));
        Refused(AisStatus.NotExist, Opened(OnA).Apply(new Unlinked(One)).Decide(unlink));
    }

    [Fact(DisplayName = "UNL-07, UNL-08, UNL-09: after unlink the name is free, and the old one ends at its last close alone")]
    public void Unlink_then_create()
    {
        var other = Attributes with { MaxSections = 9 };
        var state = Opened(OnA).Apply(new Unlinked(One));
        Assert.Equal(new Create(other), state.Decide(Create(OnB, other)));

        state = state.Apply(new Created(Two, other, 6)).Join(Two, OnB);
        var old = state.Decide(Close(One, OnA), 7);
        Assert.Equal([new Deleted(One, DeletionReason.Closed)], old.Events);
        Assert.Equal(Two, Assert.Single(Left(state, old, 7).Lives).Key);
    }

    [Fact(DisplayName = "RET-05: the retention duration of an unlinked one is BAD_OPERATION, of one that is gone NOT_EXIST")]
    public void Set_retention_refused()
    {
        var set = new CheckpointProtocol.SetRetention(Name, 1, NoDeadline, One, 7);
        Refused(AisStatus.BadOperation, Opened(OnA).Apply(new Unlinked(One)).Decide(set));
        Refused(AisStatus.NotExist, CheckpointState.Absent.Decide(set));
        Refused(AisStatus.InvalidParam, Opened(OnA).Decide(set with { Duration = -1 }));
        Assert.Equal([new RetentionSet(One, 7)], Recorded(Opened(OnA).Decide(set)));
    }

    [Fact(DisplayName = "Set-active is for collocated asynchronous ones only")]
    public void Set_active()
    {
        var set = new CheckpointProtocol.SetActive(Name, 1, NoDeadline, One, B);
        Refused(AisStatus.BadOperation, Opened(OnA).Decide(set));
        Refused(AisStatus.NotExist, CheckpointState.Absent.Decide(set));
        Assert.Equal([new ActiveNamed(One, B)], Recorded(Collocate(OnA).Decide(set)));
        Assert.Empty(Recorded(Collocate(OnA).Apply(new ActiveNamed(One, B)).Decide(set)));
    }

    [Fact(DisplayName = "Openers lost with their host leave from the time of the loss, but not before a later close of another")]
    public void Lost_openers()
    {
        Assert.Equal([new ClosedLast(One, 5)], Opened(OnA).DecideLeave(opener => opener.Host == A, 5).Events);
        var state = Opened(OnA, OnB).Leave(opener => opener == OnB, 8);
        Assert.Equal([new ClosedLast(One, 8)], state.DecideLeave(opener => opener.Host == A, 5).Events);
    }

    [Theory(DisplayName = "A retention below 10 ms is over at the last close of an opener of OpenSAF's profile, and of no other's")]
    [InlineData(9_999_999, true, true)]
    [InlineData(1, true, true)]
    [InlineData(10_000_000, true, false)]
    [InlineData(9_999_999, false, false)]
    public void Small_retention(long retention, bool isOpenSaf, bool isDeleted)
    {
        var opener = OnA with { Flags = isOpenSaf ? OnA.Flags | CheckpointProtocol.Opener.SmallRetentionIsZero : OnA.Flags };
        var state = Opened(opener).Apply(new RetentionSet(One, retention));
        Assert.Equal(
            [isDeleted ? new Deleted(One, DeletionReason.Closed) : new ClosedLast(One, 5)],
            state.DecideLeave(leaving => leaving == opener, 5).Events);
    }

    [Fact(DisplayName = "One that the journal calls open and no session has, closes from the time at which that was known")]
    public void Orphans()
    {
        var state = CheckpointState.Absent.Apply(new Created(One, Attributes, 1));
        Assert.Empty(state.DecideOrphans(_ => null).Events);
        Assert.Equal([new ClosedLast(One, 5)], state.DecideOrphans(_ => 5).Events);
        Assert.Equal([new Deleted(One, DeletionReason.Closed)], state.Apply(new Unlinked(One)).DecideOrphans(_ => 5).Events);
        Assert.Empty(Opened(OnA).DecideOrphans(_ => 5).Events);
    }

    [Fact(DisplayName = "Alive is only what journal and replicas both know; what is being deleted is left alone")]
    public void Live()
    {
        var state = Opened(OnA);
        Assert.Empty(state.DecideLive([One], new HashSet<IncarnationId>()).Events);
        Assert.Equal([new Deleted(One, DeletionReason.Lost)], state.DecideLive([], new HashSet<IncarnationId>()).Events);
        Assert.Equal([new Deleted(Two, DeletionReason.Unknown)], state.DecideLive([One, Two], new HashSet<IncarnationId>()).Events);
        Assert.Empty(state.DecideLive([One, Two], new HashSet<IncarnationId> { Two }).Events);
    }

    [Fact(DisplayName = "Sessions that have a retained one open make it open again")]
    public void Reopened() => Assert.Equal(
        [new OpenedFirst(One)],
        Left(Opened(OnA), new([new ClosedLast(One, 5)]), 5).Join(One, OnB).DecideReopened().Events);

    private static CheckpointState Opened(params CheckpointProtocol.Opener[] openers) =>
        openers.Aggregate(
            CheckpointState.Absent.Apply(new TermStarted(Name, 1)).Apply(new Created(One, Attributes, 1)),
            (state, opener) => state.Join(One, opener));

    private static CheckpointState Collocate(CheckpointProtocol.Opener opener) =>
        CheckpointState.Absent.Apply(new Created(One, Collocated, 1)).Join(One, opener);

    private static CheckpointState Left(CheckpointState state, CheckpointDecision.Record record, long time) =>
        record.Events.Aggregate(state.Leave(opener => opener.Host == A, time), (next, e) => next.Apply(e));

    private static void Refused(AisStatus status, CheckpointDecision decision) =>
        Assert.Equal(status, Assert.IsType<Refuse>(decision).Status);

    private static Join Joined(CheckpointDecision decision) => Assert.IsType<Join>(decision);

    private static IReadOnlyList<IEvent> Recorded(CheckpointDecision decision) => Assert.IsType<CheckpointDecision.Record>(decision).Events;
}
