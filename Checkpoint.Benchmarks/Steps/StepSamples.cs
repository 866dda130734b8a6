using System.Globalization;

namespace Checkpoint.Benchmarks.Steps;

/// <summary>How long the pieces of work of one kind took a thread. Those into which a collection of the heap fell are kept apart.</summary>
internal sealed class StepSamples
{
    private readonly List<(long Time, string What)> _plain = [];
    private readonly List<long> _collected = [];

    public static string Header =>
        string.Format(CultureInfo.InvariantCulture, Columns, "case", "work", "steps", "p50", "p99", "worst", "> 1 ms", "with GC", "worst", "what was above 1 ms, how often, its worst");

    public void Measure(string what, Action work)
    {
        var (paused, begin) = (GC.GetTotalPauseDuration(), ThreadClock.Now);
        work();
        var time = ThreadClock.Now - begin;
        if (GC.GetTotalPauseDuration() == paused)
            _plain.Add((time, what));
        else
            _collected.Add(time);
    }

    public void Clear()
    {
        _plain.Clear();
        _collected.Clear();
    }

    /// <summary>One line; times are milliseconds.</summary>
    public string Line(string name, string work)
    {
        _plain.Sort();
        var worst = _plain.Count == 0 ? 0 : _plain[^1].Time;
        var above = _plain.Where(sample => sample.Time > 1_000_000).GroupBy(sample => sample.What)
            .Select(group => $"{group.Key} {group.Count()}: {Text(group.Max(sample => sample.Time))}");
        return string.Format(
            CultureInfo.InvariantCulture, Columns, name, work, _plain.Count + _collected.Count, Text(At(0.5)), Text(At(0.99)), Text(worst),
            _plain.Count(sample => sample.Time > 1_000_000), _collected.Count, Text(_collected.DefaultIfEmpty().Max()), string.Join(", ", above));
    }

    private const string Columns = "{0,-44} {1,-7} {2,7} {3,8} {4,8} {5,8} {6,7} {7,8} {8,8}  {9}";

    private static string Text(long nanoseconds) => (nanoseconds / 1e6).ToString("0.000", CultureInfo.InvariantCulture);

    private long At(double part) => _plain.Count == 0 ? 0 : _plain[(int)Math.Ceiling(part * _plain.Count) - 1].Time;
}
