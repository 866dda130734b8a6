using Xunit;
using Xunit.Abstractions;

namespace Checkpoint.Tests.Simulation;

/// <summary>The pure protocol under seeded faults: field.md 4.4, properties S1, S4 to S8, S10, S14, S16, S18 and L1, judged on histories.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    /// <summary>Schedules of one run; CHECKPOINT_SIMULATION_SCHEDULES asks for more, CHECKPOINT_SIMULATION_SEED for others.</summary>
    private const int SchedulesDefault = 1_000;

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

    [Fact(DisplayName = "No schedule of crashes, cuts, pauses, losses and journal outages breaks a promise")]
    public void Faulty()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("CHECKPOINT_SIMULATION_SCHEDULES") ?? $"{SchedulesDefault}");
        var first = ulong.Parse(Environment.GetEnvironmentVariable("CHECKPOINT_SIMULATION_SEED") ?? "1");
        var (writes, answers) = (0L, 0L);
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
            answers += schedule.World.Checker.Answers;
        }

        output.WriteLine($"{count} schedules from seed {first}: {answers} answers, {writes} writes acknowledged");
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
    }
}
