using System.Globalization;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli.Bench;

/// <summary>
/// What the C program of <c>bench --c</c> prints (Checkpoint.Native/bench/bench.c says what), made into measurements. What is no such line
/// is kept as the fault of the run, since nobody could catch it where lines arrive. One thread at a time.
/// </summary>
public sealed class NativeBenchOutput(BenchPlan plan, BenchProgress progress)
{
    private readonly List<Measurement> _measurements = [];
    private readonly List<(LatencyHistogram Few, LatencyHistogram Many)> _rounds = [];
    private (string Operation, string Kind, int Size, int Outstanding)? _begun;
    private LatencyHistogram? _few;

    public IReadOnlyList<Measurement> Measurements => _measurements;

    /// <summary>Why the run is worth nothing; null while it is good.</summary>
    public CliFailure? Fault { get; private set; }

    /// <exception cref="CliFailure">The run did not come to its end.</exception>
    public Flatness Flatness => Fault is null && _measurements.Count == plan.Measurements && _rounds.Count == BenchPlan.FlatnessRounds
        ? Flatness.Of(_rounds)
        : throw Fault ?? new CliFailure(
            ExitCode.Refused, $"the bench program ended after {_measurements.Count} of {plan.Measurements} measurements and {_rounds.Count} of {BenchPlan.FlatnessRounds} rounds");

    public void Take(string line)
    {
        try
        {
            Take(line.Split(' '));
        }
        catch (Exception e) when (e is FormatException or OverflowException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            Fault ??= new CliFailure(ExitCode.Refused, $"the bench program printed what is no result: {line}");
        }
    }

    private void Take(string[] words)
    {
        switch (words[0])
        {
            case "begin":
                var kind = KindText.Of((CreationFlags)Number(words[2]));
                _begun = (words[1], kind, (int)Number(words[3]), (int)Number(words[4]));
                progress.Begin(What());
                break;
            case "end" when _begun is { } begun:
                var elapsed = TimeSpan.FromTicks(Number(words[1]) / 100);
                var one = new Measurement(begun.Operation, begun.Kind, begun.Size, begun.Outstanding, Histogram(words, 3), elapsed, Number(words[2]));
                _measurements.Add(one);
                progress.End(What(), BenchProgress.OutcomeOf(one));
                break;
            case "few":
                _few = Histogram(words, 1);
                if (_rounds.Count == 0)
                    progress.Begin("flatness");
                break;
            case "many" when _few is { } few:
                _rounds.Add((few, Histogram(words, 1)));
                if (_rounds.Count == BenchPlan.FlatnessRounds)
                    progress.End("flatness", Flatness.Of(_rounds).Ratio.ToString("0.00", CultureInfo.InvariantCulture));
                break;
            case "error":
                var what = string.Join(' ', words[2..]);
                var status = (AisStatus)Number(words[1]);
                Fault ??= Enum.IsDefined(status) ? CliFailure.Refused(status, what) : new CliFailure(ExitCode.Refused, what);
                break;
            default:
                throw new FormatException(words[0]);
        }
    }

    private string What() => _begun is { } begun
        ? $"{begun.Operation}, {begun.Kind}{(begun.Size == 0 ? "" : $", {SizeText.Of(begun.Size)}")}, {begun.Outstanding} outstanding"
        : "";

    /// <summary>The largest value, then VALUE:COUNT.</summary>
    private static LatencyHistogram Histogram(string[] words, int from)
    {
        var latencies = new LatencyHistogram();
        foreach (var bucket in words[(from + 1)..])
        {
            var split = bucket.IndexOf(':');
            latencies.Record(Number(bucket[..split]), Number(bucket[(split + 1)..]));
        }

        latencies.SetMax(Number(words[from]));
        return latencies;
    }

    private static long Number(string word) => long.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);
}
