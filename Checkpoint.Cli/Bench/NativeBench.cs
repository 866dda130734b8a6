using System.Globalization;
using Checkpoint.Cli.Native;

namespace Checkpoint.Cli.Bench;

/// <summary>A run through the C library: the C program gets the plan by its arguments and measures; this reads what it prints.</summary>
public sealed class NativeBench(NativePrograms programs, BenchPlan plan, BenchProgress progress)
{
    private const string Program = "bench";

    /// <summary>Steps that <see cref="BenchProgress"/> counts: the measurements, flatness.</summary>
    public static int StepsOf(BenchPlan plan) => plan.Measurements + 1;

    /// <exception cref="CliFailure">The program failed, or was refused by the service.</exception>
    public async Task<(IReadOnlyList<Measurement> Measurements, Flatness Flatness)> RunAsync(string runName, string socket, CancellationToken cancel)
    {
        var output = new NativeBenchOutput(plan, progress);
        var exitCode = await programs.RunAsync(Program, ArgumentsOf(plan, runName), socket, output.Take, cancel);
        if (exitCode != 0)
            throw output.Fault ?? new CliFailure(ExitCode.Refused, $"{programs.PathOf(Program)} ended with {exitCode}");
        var flatness = output.Flatness;
        return (output.Measurements, flatness);
    }

    public static IReadOnlyList<string> ArgumentsOf(BenchPlan plan, string runName) =>
    [
        "--name", runName,
        "--kinds", List(plan.Kinds.Select(kind => (int)kind)),
        "--sizes", List(plan.Sizes),
        "--outstanding", List(plan.Outstanding),
        "--milliseconds", Number((int)plan.Duration.TotalMilliseconds),
        "--handles", Number(plan.Handles),
        "--sections", Number(BenchPlan.Sections),
        "--churn", Number(BenchPlan.ChurnMax),
        "--many", Number(BenchPlan.ManySections),
        "--few", Number(BenchPlan.FewSections),
        "--small", Number(BenchPlan.SmallSectionBytes),
        "--rounds", Number(BenchPlan.FlatnessRounds),
        "--turns", Number(BenchPlan.FlatnessTurnsPerRound),
        "--turn-writes", Number(BenchPlan.FlatnessWritesPerTurn),
        "--round-milliseconds", Number((int)BenchPlan.FlatnessRoundMax.TotalMilliseconds),
    ];

    private static string List(IEnumerable<int> numbers) => string.Join(',', numbers.Select(Number));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
