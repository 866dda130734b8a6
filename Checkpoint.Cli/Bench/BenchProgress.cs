using System.Globalization;

namespace Checkpoint.Cli.Bench;

/// <summary>What a run is doing, on standard error: on a terminal as it begins, everywhere as it ends.</summary>
public sealed class BenchProgress(Terminal terminal, int steps)
{
    private int _step;

    public void Begin(string what)
    {
        _step++;
        if (terminal.ErrorIsTerminal)
            terminal.Error.Write($"[{_step,2}/{steps}] {what} ...");
    }

    public void End(string what, string outcome)
    {
        if (terminal.ErrorIsTerminal)
            terminal.Error.Write("\r\e[K");
        terminal.Error.WriteLine($"[{_step,2}/{steps}] {what}: {outcome}");
    }

    public static string OutcomeOf(Measurement one) => string.Create(
        CultureInfo.InvariantCulture,
        $"{one.OperationsPerSecond:0} ops/s, p50 {one.Latencies.Percentile(50) / 1_000_000.0:0.000} ms, p99 {one.Latencies.Percentile(99) / 1_000_000.0:0.000} ms");
}
