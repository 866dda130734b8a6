using Checkpoint.Actors.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace Checkpoint.Tests.Simulation;

/// <summary>The pure protocol under seeded faults: field.md 4.4, properties S1, S4 to S8, S10, S14, S16, S18 and L1, judged on histories.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int SchedulesOfQuickRuns = 250;

    /// <summary>Schedules of one whole run; CHECKPOINT_SIMULATION_SCHEDULES asks for more, CHECKPOINT_SIMULATION_SEED for others.</summary>
    private const int SchedulesDefault = 600;

    [Fact(DisplayName = "Without faults every call is answered Ok and all hosts hold the same")]
    public void Calm()
    {
        for (var seed = 1UL; seed <= 10; seed++)
        {
            var schedule = new SimSchedule(seed, SimProfile.Calm);
            schedule.Run();
            Assert.True(schedule.World.Checker.WritesOk > 20, $"only {schedule.World.Checker.WritesOk} writes");
        }
    }

    /// <summary>Schedules that once broke a promise. Each named what was wrong; the rule that it taught stands in the code it names.</summary>
    [Theory(DisplayName = "A schedule that once broke a promise keeps it")]
    [InlineData(2UL, "a host that was left out and does not know it says 'does not exist' without a lease (Queries, Changes)")]
    [InlineData(14UL, "a host that has just been left out answers reads with 'does not exist' (HostMachine.EndAll)")]
    [InlineData(16UL, "a newcomer that never adopted the view which had it is not taken in again (ViewProposer.IsNewcomer)")]
    [InlineData(77UL, "a new orderer answers 'moved' to what came before it was in place (Updates.OnHandOverStable)")]
    [InlineData(80UL, "two drained hosts hand an orderer to each other for ever (Drain)")]
    [InlineData(226UL, "the echo of an executed change is answered 'moved', so it is executed again (ChangeExecutor.OnChange)")]
    [InlineData(306UL, "a checkpoint is live on another host just after its deletion was answered (ControlExecutor.Delete)")]
    [InlineData(445UL, "a change that was executed is said to have found nothing (ChangeExecutor.OnChange)")]
    [InlineData(1376UL, "nobody asks whether a host of the row before the newest is dead, so its view never serves (ViewKeeper.Mattering)")]
    [InlineData(10106UL, "a clock offset that does not follow drift takes requests for late (Peer.MeasureClock)")]
    [InlineData(204143UL, "each mark puts off the sending again of a lost update, so a write is not stable before its deadline (Orderer.Send)")]
    public void Regression(ulong seed, string wrong)
    {
        var schedule = new SimSchedule(seed);
        schedule.Run();
        Assert.True(schedule.World.Checker.Answers > 0, wrong);
    }

    /// <summary>Crashes, cuts and the rest as drawn, and hosts at which work on content throws: one at a time, or all by an update that none can apply.</summary>
    [Theory(DisplayName = "Where content cannot be worked on no host ends, no other checkpoint suffers, and nothing that a host still has is lost")]
    [InlineData(1_000UL, 25, ContentStep.Apply)]
    [InlineData(2_000UL, 25, ContentStep.TakeIn)]
    public void Throwing(ulong first, int count, ContentStep poison) => Throw(first, count, poison);

    [Theory(DisplayName = "More schedules in which content cannot be worked on")]
    [Trait("Category", "Long")]
    [InlineData(100_000UL, ContentStep.Apply)]
    [InlineData(200_000UL, ContentStep.TakeIn)]
    public void More_throwing(ulong first, ContentStep poison) =>
        Throw(first, int.Parse(Environment.GetEnvironmentVariable("CHECKPOINT_SIMULATION_SCHEDULES") ?? "125"), poison);

    [Theory(DisplayName = "A schedule in which content cannot be worked on, and which once broke a promise, keeps it")]
    [InlineData(1_007UL, ContentStep.Apply, "what a host holds that no application opened the checkpoint at is not asked for (SimChecker.IsHeld)")]
    [InlineData(200_303UL, ContentStep.TakeIn, "the last piece of a filling brings back a table that is behind the log (Replica.SetAside)")]
    [InlineData(100_857UL, ContentStep.Apply, "a copy without content is taken for one that a write has to reach (SimChecker.CheckNotAlone)")]
    [InlineData(200_751UL, ContentStep.TakeIn, "the order of a checkpoint that nobody has the content of is taken for broken (SimChecker.OnApplied)")]
    public void Throwing_regression(ulong seed, ContentStep poison, string wrong)
    {
        var schedule = new SimSchedule(seed, ProfileOf(seed, poison));
        schedule.Run();
        Assert.True(schedule.World.Checker.SetAside > 0, wrong);
    }

    private static SimProfile ProfileOf(ulong seed, ContentStep poison) =>
        SimProfile.Draw(new SimRandom(seed ^ 0xC0FFEE)) with { Throws = 2, PoisonPerMille = (int)(seed % 3) * 10, PoisonStep = poison };

    private void Throw(ulong first, int count, ContentStep poison)
    {
        var (setAside, library, writes) = (0, 0, 0);
        List<string> failures = [];
        for (var seed = first; seed < first + (ulong)count && failures.Count < 20; seed++)
        {
            var schedule = new SimSchedule(seed, ProfileOf(seed, poison));
            try
            {
                schedule.Run();
            }
            catch (Exception e)
            {
                failures.Add($"seed {seed}: {e}"); // Not only a broken promise: whatever a step throws would have ended the host.
            }

            var checker = schedule.World.Checker;
            (setAside, library, writes) = (setAside + checker.SetAside, library + checker.AnsweredLibrary, writes + checker.WritesOk);
        }

        output.WriteLine($"{count} schedules from seed {first}: {writes} writes acknowledged, {setAside} copies set aside, {library} answers LIBRARY");
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
        Assert.True(setAside > count && library > count, $"only {setAside} copies were set aside, {library} answers were LIBRARY");
    }

    [Fact(DisplayName = "None of the first schedules of crashes, cuts, pauses, losses and journal outages breaks a promise")]
    public void First_faulty() => Faulty(1, SchedulesOfQuickRuns);

    [Fact(DisplayName = "No schedule of crashes, cuts, pauses, losses and journal outages breaks a promise")]
    [Trait("Category", "Long")]
    public void More_faulty()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("CHECKPOINT_SIMULATION_SCHEDULES") ?? $"{SchedulesDefault - SchedulesOfQuickRuns}");
        var first = ulong.Parse(Environment.GetEnvironmentVariable("CHECKPOINT_SIMULATION_SEED") ?? $"{SchedulesOfQuickRuns + 1}");
        Faulty(first, count);
    }

    private void Faulty(ulong first, int count)
    {
        var (writes, inPlace, answers) = (0L, 0L, 0L);
        List<string> failures = [];
        for (var seed = first; seed < first + (ulong)count && failures.Count < 20; seed++)
        {
            var schedule = new SimSchedule(seed);
            try
            {
                schedule.Run();
            }
            catch (SimViolation violation)
            {
                failures.Add(violation.Message);
            }

            writes += schedule.World.Checker.WritesOk;
            inPlace += schedule.World.Checker.WritesInPlace;
            answers += schedule.World.Checker.Answers;
        }

        output.WriteLine($"{count} schedules from seed {first}: {answers} answers, {writes} writes acknowledged, {inPlace} of them in place");
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
        Assert.True(count < SchedulesOfQuickRuns || inPlace > count, $"only {inPlace} writes in place");
    }
}
