using System.Collections.Immutable;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;
using CsCheck;
using Xunit;
using static Checkpoint.Actors.Checkpoints.CheckpointEvents;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

/// <summary>Generated lives of one name against a model that only counts openers.</summary>
public sealed class CheckpointHistoryTests
{
    private static readonly Gen<(int Step, int Who, int What)[]> Steps =
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int[0, 20]).Array[0, 60];

    [Fact(DisplayName = "Any history: one linked at most, retention only without openers, and the kept event says all that the rows say")]
    public void Histories() => Steps.Sample(steps =>
    {
        var state = CheckpointState.Absent.Apply(new TermStarted(Name, 1));
        var replayed = state;
        var held = new Dictionary<int, IncarnationId>();
        var time = 0L;
        var next = 0;
        foreach (var (step, who, what) in steps)
        {
            time += what * Second;
            var opener = Opener(A, session: who);
            IReadOnlyList<IEvent> events = [];
            IncarnationId? joins = null;
            var leaves = false;
            switch (step)
            {
                case 0 or 1 when !held.ContainsKey(who):
                    switch (state.Decide(Create(opener)))
                    {
                        case CheckpointDecision.Create create:
                            joins = Incarnation(++next);
                            events = [new Created(joins.Value, create.Attributes, time)];
                            break;
                        case CheckpointDecision.Join join:
                            joins = join.Life.Id;
                            events = join.StopRetention ? [new OpenedFirst(join.Life.Id)] : [];
                            break;
                    }

                    break;
                case 2 or 3 when held.Remove(who, out var incarnation):
                    events = state.Decide(Close(incarnation, opener), time).Events;
                    leaves = true;
                    break;
                case 4:
                    events = state.Decide(new CheckpointProtocol.Unlink(Name, 1, NoDeadline)) is CheckpointDecision.Record record ? record.Events : [];
                    break;
                case 5:
                    events = state.DecideRetentionEnds(time).Events;
                    break;
            }

            if (leaves)
                state = state.Leave(CheckpointRules.Leaves(Close(default, opener)), time);
            state = events.Aggregate(state, (s, e) => s.Apply(e));
            replayed = events.Aggregate(replayed, (s, e) => s.Apply(e));
            if (joins is { } joined)
            {
                state = state.Join(joined, opener with { Flags = OpenFlags.Read });
                held[who] = joined;
            }

            Check(state, held);
            Same(state, replayed);
            Same(state, CheckpointState.Absent.Apply(state.Keep()));
        }
    });

    private static void Check(CheckpointState state, Dictionary<int, IncarnationId> held)
    {
        Assert.True(state.Lives.Values.Count(life => !life.Unlinked) <= 1, "two linked incarnations");
        Assert.All(held.Values, incarnation => Assert.True(state.Lives.ContainsKey(incarnation), "gone while open"));
        foreach (var life in state.Lives.Values)
        {
            Assert.Equal(held.Values.Count(incarnation => incarnation == life.Id), life.Openers.Count);
            Assert.Equal(life.Openers.IsEmpty, life.ClosedAt is not null);
            Assert.False(life.Unlinked && life.Openers.IsEmpty, "unlinked and not open, but there");
        }
    }

    private static void Same(CheckpointState expected, CheckpointState actual) =>
        Assert.Equal(expected.Keep().Incarnations.ToImmutableList(), actual.Keep().Incarnations.ToImmutableList());
}
