using Checkpoint.Cli.Bench;
using CsCheck;

namespace Checkpoint.Tests.Cli.Bench;

public sealed class LatencyHistogramTests
{
    [Fact(DisplayName = "Every percentile is within 1/128 of the exact nearest-rank one")]
    public void Percentiles() =>
        Gen.Select(Samples, Gen.Double[0.1, 100]).Sample((samples, percent) =>
        {
            var exact = samples.Order().ElementAt((int)Math.Ceiling(percent / 100 * samples.Length) - 1);

            var found = Of(samples).Percentile(percent);

            // The largest samples lie so near the end of the range that the sum would wrap (seed e7HV7zTokpW2).
            Assert.InRange((Int128)found, exact - (exact / 128), (Int128)exact + (exact / 128));
        });

    [Fact(DisplayName = "Merging is recording into one")]
    public void Merge() => Gen.Select(Samples, Samples).Sample((left, right) =>
    {
        var merged = Of(left);
        merged.Add(Of(right));
        var whole = Of([.. left, .. right]);

        Assert.Equal(whole.Count, merged.Count);
        Assert.Equal(whole.Max, merged.Max);
        foreach (var percent in new[] { 1.0, 50, 99, 100 })
            Assert.Equal(whole.Percentile(percent), merged.Percentile(percent));
    });

    [Fact(DisplayName = "The largest and smallest values have a bucket; an empty one answers 0")]
    public void Edges()
    {
        Assert.Equal(0, new LatencyHistogram().Percentile(50));
        Assert.Equal(0, Of([0]).Percentile(100));
        Assert.Equal(long.MaxValue, Of([long.MaxValue]).Max);
        Assert.InRange(Of([long.MaxValue]).Percentile(50), long.MaxValue - (long.MaxValue / 128), long.MaxValue);
    }

    [Fact(DisplayName = "What is no latency and no percentile throws")]
    public void Wrong()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyHistogram().Record(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyHistogram().Percentile(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyHistogram().Percentile(100.1));
    }

    private static Gen<long[]> Samples => Gen.OneOf(Gen.Long[0, 300], Gen.Long[0, 10_000_000], Gen.Long[0, long.MaxValue]).Array[1, 60];

    private static LatencyHistogram Of(long[] samples)
    {
        var histogram = new LatencyHistogram();
        foreach (var sample in samples)
            histogram.Record(sample);
        return histogram;
    }
}
