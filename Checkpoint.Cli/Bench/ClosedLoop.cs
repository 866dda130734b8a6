namespace Checkpoint.Cli.Bench;

/// <summary>
/// A closed loop: each of so many workers starts its next operation when its last one has ended. Ends at the earlier of a time and a
/// number of operations; what is on its way then is waited for and counts. A worker that the machine starts late does one operation all
/// the same, so that a measurement is never empty.
/// </summary>
public static class ClosedLoop
{
    /// <param name="operation">Gets the operation's number, from 0, each once.</param>
    public static async Task<(LatencyHistogram Latencies, TimeSpan Elapsed)> RunAsync(
        int outstanding, TimeSpan duration, long operationsMax, TimeProvider clock, Func<long, CancellationToken, ValueTask> operation, CancellationToken cancel)
    {
        var next = -1L;
        var startedAt = clock.GetTimestamp();
        var workers = Enumerable.Range(0, outstanding).Select(_ => Task.Run(WorkAsync, cancel)).ToArray();
        var merged = new LatencyHistogram();
        foreach (var latencies in await Task.WhenAll(workers))
            merged.Add(latencies);
        return (merged, clock.GetElapsedTime(startedAt));

        async Task<LatencyHistogram> WorkAsync()
        {
            var latencies = new LatencyHistogram();
            do
            {
                var number = Interlocked.Increment(ref next);
                if (number >= operationsMax)
                    break;
                var begun = clock.GetTimestamp();
                await operation(number, cancel);
                latencies.Record(clock.GetElapsedTime(begun).Ticks * 100);
            }
            while (clock.GetElapsedTime(startedAt) < duration);

            return latencies;
        }
    }
}
