using Xunit.Abstractions;

namespace Checkpoint.Tests.Simulation;

/// <summary>
/// The schedules of <see cref="SimulationTests"/> with vectors that are checked, applied and read an element at a time, so that views, crashes,
/// hand-overs, deletions and fills fall between any two slices. The judge is the same: nobody ever sees a part of a vector.
/// </summary>
public sealed class SlicedSimulationTests(ITestOutputHelper output)
{
    private const int SchedulesOfQuickRuns = 25;

    [Fact(DisplayName = "Without faults every call is answered Ok, and all hosts hold the same, with vectors in slices")]
    public void Calm()
    {
        for (var seed = 1UL; seed <= 5; seed++)
        {
            var schedule = new SimSchedule(seed, SimProfile.Calm with { Slices = true });
            schedule.Run();
            Assert.True(schedule.World.Checker.WritesOk > 20, $"only {schedule.World.Checker.WritesOk} writes");
        }
    }

    [Fact(DisplayName = "None of the first schedules of faults breaks a promise with vectors in slices")]
    public void First_faulty() => Faulty(1, SchedulesOfQuickRuns);

    [Fact(DisplayName = "No schedule of faults breaks a promise with vectors in slices")]
    [Trait("Category", "Long")]
    public void More_faulty()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("CHECKPOINT_SIMULATION_SCHEDULES") ?? "100");
        var first = ulong.Parse(Environment.GetEnvironmentVariable("CHECKPOINT_SIMULATION_SEED") ?? $"{SchedulesOfQuickRuns + 1}");
        Faulty(first, count);
    }

    private void Faulty(ulong first, int count)
    {
        var (writes, answers, slices) = (0L, 0L, 0L);
        List<string> failures = [];
        for (var seed = first; seed < first + (ulong)count && failures.Count < 20; seed++)
        {
            var schedule = new SimSchedule(seed, SimProfile.Draw(new SimRandom(seed ^ 0xC0FFEE)) with { Slices = true });
            try
            {
                schedule.Run();
            }
            catch (SimViolation violation)
            {
                failures.Add(violation.Message);
            }

            writes += schedule.World.Checker.WritesOk;
            answers += schedule.World.Checker.Answers;
            slices += schedule.World.Slices;
        }

        output.WriteLine($"{count} schedules from seed {first}: {answers} answers, {writes} writes acknowledged, {slices} slices");
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
        Assert.True(slices > 100 * count, $"only {slices} slices");
    }
}
