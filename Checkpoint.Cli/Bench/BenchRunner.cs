using System.Globalization;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli.Bench;

/// <summary>
/// Runs a plan. Its checkpoints have retention 0 and are open as long as the run, so they go when it ends, however it ends.
/// </summary>
public sealed class BenchRunner(IBenchCluster cluster, BenchPlan plan, string runName, TimeProvider clock, BenchProgress progress)
{
    /// <summary>Operations before a measurement that do not count.</summary>
    private const int WarmUpMax = 200;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FillMax = TimeSpan.FromMinutes(5);

    private readonly List<Measurement> _measurements = [];

    /// <summary>Steps that <see cref="BenchProgress"/> counts: the measurements, filling, flatness.</summary>
    public static int StepsOf(BenchPlan plan) => plan.Measurements + 2;

    public async Task<(IReadOnlyList<Measurement> Measurements, Flatness Flatness)> RunAsync(CancellationToken cancel)
    {
        foreach (var kind in plan.Kinds)
            await ContentAsync(kind, cancel);
        await ChurnAsync(cancel);
        await HandlesAsync(cancel);
        var flatness = await ManySectionsAsync(cancel);
        return (_measurements, flatness);
    }

    /// <summary>Writes and reads of every size under every load.</summary>
    private async Task ContentAsync(CreationFlags kind, CancellationToken cancel)
    {
        var checkpoint = await CreateAsync(KindText.Of(kind), kind, BenchPlan.Sections, plan.Sizes.Max(), cancel);
        for (var index = 0; index < BenchPlan.Sections; index++)
            await checkpoint.CreateSectionAsync(SectionOf(index), ReadOnlyMemory<byte>.Empty, cancel);

        foreach (var size in plan.Sizes)
        {
            var data = DataOf(size);
            for (var index = 0; index < BenchPlan.Sections; index++)
                await checkpoint.OverwriteAsync(SectionOf(index), data, cancel);
            foreach (var outstanding in plan.Outstanding)
            {
                await MeasureAsync("write", kind, size, outstanding, long.MaxValue, (number, stop) => checkpoint.WriteAsync(SectionOf(number), data, stop), cancel);
                await MeasureAsync("read", kind, size, outstanding, long.MaxValue, (number, stop) => ReadAsync(checkpoint, number, size, stop), cancel);
            }
        }

        await checkpoint.CloseAsync(cancel);
    }

    /// <summary>Sections created, and then the same deleted.</summary>
    private async Task ChurnAsync(CancellationToken cancel)
    {
        const CreationFlags Kind = CreationFlags.WriteAllReplicas;
        var checkpoint = await CreateAsync("churn", Kind, BenchPlan.ChurnMax, BenchPlan.SmallSectionBytes, cancel);
        var data = DataOf(BenchPlan.SmallSectionBytes);
        foreach (var outstanding in plan.Outstanding)
        {
            var created = await MeasureAsync(
                "section-create", Kind, data.Length, outstanding, BenchPlan.ChurnMax, (number, stop) => checkpoint.CreateSectionAsync(NumberedOf(number), data, stop), cancel, warm: false);
            await MeasureAsync(
                "section-delete", Kind, 0, outstanding, created.Operations, (number, stop) => checkpoint.DeleteSectionAsync(NumberedOf(number), stop), cancel, warm: false, toTheEnd: true);
        }

        await checkpoint.CloseAsync(cancel);
    }

    /// <summary>Opens and closes of a checkpoint that stays open: neither its first open nor its last close.</summary>
    private async Task HandlesAsync(CancellationToken cancel)
    {
        const CreationFlags Kind = CreationFlags.WriteAllReplicas;
        var kept = await CreateAsync("handles", Kind, 2, BenchPlan.SmallSectionBytes, cancel);
        var opened = new IBenchCheckpoint[plan.Handles];
        var opens = await MeasureAsync(
            "open", Kind, 0, 1, plan.Handles, async (number, stop) => opened[number] = await cluster.OpenAsync(NameOf("handles"), stop), cancel, warm: false);
        await MeasureAsync("close", Kind, 0, 1, opens.Operations, (number, stop) => opened[number].CloseAsync(stop), cancel, warm: false, toTheEnd: true);
        await kept.CloseAsync(cancel);
    }

    /// <summary>Iteration over, and writes in, a checkpoint of many sections.</summary>
    private async Task<Flatness> ManySectionsAsync(CancellationToken cancel)
    {
        const CreationFlags Kind = CreationFlags.WriteAllReplicas;
        var few = await FillAsync("few", BenchPlan.FewSections, cancel);
        progress.Begin("filling");
        var startedAt = clock.GetTimestamp();
        var many = await FillAsync("many", BenchPlan.ManySections, cancel);
        progress.End($"filling a checkpoint with {BenchPlan.ManySections} sections", Seconds(startedAt));

        await MeasureAsync("iterate-10000", Kind, 0, 1, long.MaxValue, (_, stop) => IterateAsync(many, stop), cancel, warm: false);

        progress.Begin("flatness");
        startedAt = clock.GetTimestamp();
        var rounds = new List<(LatencyHistogram, LatencyHistogram)>();
        for (var round = 0; round < BenchPlan.FlatnessRounds; round++)
            rounds.Add(await FlatnessRoundAsync(few, many, cancel));
        var flatness = Flatness.Of(rounds);
        progress.End("flatness", string.Create(CultureInfo.InvariantCulture, $"{flatness.Ratio:0.00} after {Seconds(startedAt)}"));
        await few.CloseAsync(cancel);
        await many.CloseAsync(cancel);
        return flatness;
    }

    private async Task<(LatencyHistogram Few, LatencyHistogram Many)> FlatnessRoundAsync(IBenchCheckpoint few, IBenchCheckpoint many, CancellationToken cancel)
    {
        var round = (Few: new LatencyHistogram(), Many: new LatencyHistogram());
        var startedAt = clock.GetTimestamp();
        for (var turn = 0; turn < BenchPlan.FlatnessTurnsPerRound; turn++)
        {
            await TurnAsync(few, BenchPlan.FewSections, turn, round.Few, cancel);
            await TurnAsync(many, BenchPlan.ManySections, turn, round.Many, cancel);
            if (clock.GetElapsedTime(startedAt) > BenchPlan.FlatnessRoundMax)
                break;
        }

        return round;
    }

    private async Task TurnAsync(IBenchCheckpoint checkpoint, int sections, int turn, LatencyHistogram latencies, CancellationToken cancel)
    {
        const int Stride = 7919; // A prime: the writes of a run visit sections all over the checkpoint.
        var data = DataOf(BenchPlan.SmallSectionBytes);
        for (var write = 0; write < BenchPlan.FlatnessWritesPerTurn; write++)
        {
            var section = NumberedOf(((turn * BenchPlan.FlatnessWritesPerTurn) + write) * (long)Stride % sections);
            var begun = clock.GetTimestamp();
            await checkpoint.WriteAsync(section, data, cancel);
            latencies.Record(clock.GetElapsedTime(begun).Ticks * 100);
        }
    }

    private async Task<IBenchCheckpoint> FillAsync(string part, int sections, CancellationToken cancel)
    {
        var checkpoint = await CreateAsync(part, CreationFlags.WriteAllReplicas, sections, BenchPlan.SmallSectionBytes, cancel);
        var data = DataOf(BenchPlan.SmallSectionBytes);
        var (created, _) = await ClosedLoop.RunAsync(
            plan.Outstanding.Max(), FillMax, sections, clock, (number, stop) => checkpoint.CreateSectionAsync(NumberedOf(number), data, stop), cancel);
        return created.Count == sections
            ? checkpoint
            : throw new CliFailure(ExitCode.Refused, $"only {created.Count} of {sections} sections were created within {FillMax.TotalSeconds:0} s");
    }

    private Task<IBenchCheckpoint> CreateAsync(string part, CreationFlags kind, int sections, int sectionBytes, CancellationToken cancel) =>
        cluster.CreateAsync(
            NameOf(part), new CreationAttributes(kind, (ulong)sections * (ulong)sectionBytes, 0, (uint)sections, (ulong)sectionBytes, 32), cancel);

    /// <param name="toTheEnd">As many operations as said, whatever time they take.</param>
    private async Task<Measurement> MeasureAsync(
        string operation,
        CreationFlags kind,
        int size,
        int outstanding,
        long operationsMax,
        Func<long, CancellationToken, ValueTask> run,
        CancellationToken cancel,
        bool warm = true,
        bool toTheEnd = false)
    {
        var what = $"{operation}, {KindText.Of(kind)}{(size == 0 ? "" : $", {SizeText.Of(size)}")}, {outstanding} outstanding";
        progress.Begin(what);
        if (warm)
            await ClosedLoop.RunAsync(outstanding, WarmUp, WarmUpMax, clock, run, cancel);
        var retries = cluster.Retries;
        var (latencies, elapsed) = await ClosedLoop.RunAsync(outstanding, toTheEnd ? FillMax : plan.Duration, operationsMax, clock, run, cancel);
        var measurement = new Measurement(operation, KindText.Of(kind), size, outstanding, latencies, elapsed, cluster.Retries - retries);
        _measurements.Add(measurement);
        progress.End(what, BenchProgress.OutcomeOf(measurement));
        return measurement;
    }

    private static async ValueTask ReadAsync(IBenchCheckpoint checkpoint, long number, int size, CancellationToken cancel)
    {
        var read = await checkpoint.ReadAsync(SectionOf(number), size, cancel);
        if (read != size)
            throw new CliFailure(ExitCode.Refused, $"a read of {size} bytes from {SectionOf(number)} returned {read}");
    }

    private static async ValueTask IterateAsync(IBenchCheckpoint many, CancellationToken cancel)
    {
        var seen = await many.IterateAsync(cancel);
        if (seen != BenchPlan.ManySections)
            throw new CliFailure(ExitCode.Refused, $"an iteration over {BenchPlan.ManySections} sections returned {seen}");
    }

    private string Seconds(long startedAt) => string.Create(CultureInfo.InvariantCulture, $"{clock.GetElapsedTime(startedAt).TotalSeconds:0.0} s");

    private CheckpointName NameOf(string part) => new($"safCkpt={runName}-{part}");

    private static SectionId SectionOf(long number) => NumberedOf(number % BenchPlan.Sections);

    private static SectionId NumberedOf(long number) => new($"section-{number}");

    /// <summary>Bytes that do not compress to nothing, the same in every run.</summary>
    private static ReadOnlyMemory<byte> DataOf(int size)
    {
        var data = new byte[size];
        for (var index = 0; index < size; index++)
            data[index] = (byte)((index * 167) ^ (index >> 8));
        return data;
    }
}
