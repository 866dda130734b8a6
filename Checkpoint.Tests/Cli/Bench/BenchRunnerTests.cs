using System.Collections.Concurrent;
using System.Text.Json;
using Checkpoint.Cli;
using Checkpoint.Cli.Bench;
using Checkpoint.Cli.Output;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cli.Bench;

public sealed class BenchRunnerTests
{
    private static readonly BenchPlan Short =
        new(true, [CreationFlags.WriteAllReplicas, CreationFlags.WriteActiveReplica], [64, 1024], [1, 4], TimeSpan.FromMilliseconds(20), 10);

    [Fact(DisplayName = "A run measures everything in its plan and leaves nothing open")]
    public async Task Whole_run()
    {
        await using var cluster = new MemoryCluster();
        var error = new StringWriter();
        var terminal = new Terminal(Stream.Null, error, Stream.Null, false, false, _ => null, TimeProvider.System);
        var progress = new BenchProgress(terminal, BenchRunner.StepsOf(Short));

        var (measurements, flatness) = await new BenchRunner(cluster, Short, "bench", TimeProvider.System, progress).RunAsync(CancellationToken.None);

        Assert.Equal(Short.Measurements, measurements.Count);
        Assert.All(measurements, one => Assert.True(one.Operations > 0, one.Operation));
        Assert.Equal(
            ["close", "iterate-10000", "open", "read", "section-create", "section-delete", "write"],
            measurements.Select(one => one.Operation).Distinct().Order());
        Assert.Equal(BenchPlan.FlatnessRounds, flatness.Rounds.Count);
        Assert.Equal(0, cluster.Open);
        Assert.All(cluster.Created, attributes => Assert.Equal((null, 0L), (attributes.Fault(), attributes.RetentionDuration)));
        Assert.Equal(BenchRunner.StepsOf(Short), error.ToString().TrimEnd().Split('\n').Length);
    }

    [Fact(DisplayName = "As many sections are deleted as were created, and as many handles closed as opened")]
    public async Task Pairs()
    {
        await using var cluster = new MemoryCluster();
        var terminal = new Terminal(Stream.Null, TextWriter.Null, Stream.Null, false, false, _ => null, TimeProvider.System);

        var (measurements, _) = await new BenchRunner(cluster, Short, "bench", TimeProvider.System, new BenchProgress(terminal, 1)).RunAsync(CancellationToken.None);

        long Total(string operation) => measurements.Where(one => one.Operation == operation).Sum(one => one.Operations);
        Assert.Equal(Total("section-create"), Total("section-delete"));
        Assert.Equal(Total("open"), Total("close"));
    }

    [Fact(DisplayName = "A quick run's measurements leave room for set-up within 60 seconds")]
    public void Quick_is_quick()
    {
        var measured = BenchPlan.Quick.Duration * BenchPlan.Quick.Measurements;
        var flatness = BenchPlan.FlatnessRoundMax * BenchPlan.FlatnessRounds;

        Assert.True(measured + flatness < TimeSpan.FromSeconds(40), $"{measured} + {flatness}");
    }

    [Fact(DisplayName = "A closed loop keeps so many operations on their way and starts each number once")]
    public async Task Loop()
    {
        var running = 0;
        var most = 0;
        var numbers = new ConcurrentBag<long>();

        var (latencies, _) = await ClosedLoop.RunAsync(
            4,
            TimeSpan.FromMinutes(1),
            100,
            TimeProvider.System,
            async (number, _) =>
            {
                numbers.Add(number);
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
            },
            CancellationToken.None);

        Assert.Equal(100, latencies.Count);
        Assert.Equal(Enumerable.Range(0, 100).Select(number => (long)number), numbers.Order());
        Assert.InRange(most, 1, 4);
    }

    [Fact(DisplayName = "A closed loop whose time is over before its workers run does one operation each")]
    public async Task Late_loop()
    {
        var (latencies, _) = await ClosedLoop.RunAsync(
            4, TimeSpan.Zero, 100, TimeProvider.System, (_, _) => ValueTask.CompletedTask, CancellationToken.None);

        Assert.Equal(4, latencies.Count);
    }

    [Fact(DisplayName = "Flatness is the ratio of the medians over all rounds")]
    public void Flatness_ratio()
    {
        var flatness = Flatness.Of([(Of(100, 100, 900), Of(110, 110, 110)), (Of(100), Of(110))]);

        Assert.Equal(1.1, flatness.Ratio, 3);
        Assert.Equal([1.1, 1.1], flatness.Rounds.Select(round => Math.Round(round, 3)));
        Assert.Throws<ArgumentException>(() => Flatness.Of([(Of(), Of(1))]));
    }

    [Fact(DisplayName = "The JSON report has flatness on top and one object a measurement")]
    public void Report_json()
    {
        var measurement = new Measurement("write", "all-replicas", 1000, 8, Of(2_000, 2_000, 4_000), TimeSpan.FromSeconds(1.5), 2);
        var report = new BenchReport(true, "node1", ["127.0.0.1:4711"], TimeSpan.FromSeconds(2), [measurement], Flatness.Of([(Of(100), Of(120))]));

        var json = JsonOutput.ToText(report.WriteJson);

        Assert.Equal(
            """
            {"quick":true,"node":"node1","contacts":["127.0.0.1:4711"],"seconds":2,"flatness":1.2,"flatnessRounds":[1.2],
            "results":[{"operation":"write","kind":"all-replicas","sizeBytes":1000,"outstanding":8,"operations":3,"retries":2,"seconds":1.5,
            "operationsPerSecond":2,"megabytesPerSecond":0.002,"p50Microseconds":2,"p99Microseconds":4,"maxMicroseconds":4}]}
            """.ReplaceLineEndings(""),
            json);
        using var parsed = JsonDocument.Parse(json);
        Assert.Equal(1.2, parsed.RootElement.GetProperty("flatness").GetDouble());
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }

    private static LatencyHistogram Of(params long[] samples)
    {
        var histogram = new LatencyHistogram();
        foreach (var sample in samples)
            histogram.Record(sample);
        return histogram;
    }
}
