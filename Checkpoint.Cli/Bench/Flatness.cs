namespace Checkpoint.Cli.Bench;

/// <summary>
/// Whether a write's cost depends on how many sections its checkpoint has: the median of writes in a checkpoint of 10,000 small
/// sections over that of 10, measured by turns. 1 is flat.
/// </summary>
/// <param name="Rounds">The ratio of each round, as a hint of the noise.</param>
public sealed record Flatness(double Ratio, IReadOnlyList<double> Rounds, TimeSpan FewMedian, TimeSpan ManyMedian)
{
    /// <param name="rounds">The latencies of each round: in the checkpoint of few sections, in that of many.</param>
    public static Flatness Of(IReadOnlyList<(LatencyHistogram Few, LatencyHistogram Many)> rounds)
    {
        var few = new LatencyHistogram();
        var many = new LatencyHistogram();
        foreach (var round in rounds)
        {
            few.Add(round.Few);
            many.Add(round.Many);
        }

        return new Flatness(
            RatioOf(few, many),
            [.. rounds.Select(round => RatioOf(round.Few, round.Many))],
            TimeSpan.FromTicks(few.Percentile(50) / 100),
            TimeSpan.FromTicks(many.Percentile(50) / 100));
    }

    private static double RatioOf(LatencyHistogram few, LatencyHistogram many)
    {
        if (few.Percentile(50) == 0)
            throw new ArgumentException($"no ratio over a median of 0 ns of {few.Count} writes", nameof(few));
        return (double)many.Percentile(50) / few.Percentile(50);
    }
}
