using Checkpoint.Client;
using Checkpoint.Protocol;
using Checkpoint.Tests.Processes;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Cluster;

/// <summary>
/// Three nodes with an application each. A, whose host orders all checkpoints here and is their active replica, dies together with its application
/// in the midst of load; <see cref="NodeLossSpec"/> looks at what B and C have then.
/// </summary>
public sealed class LostNode : IAsyncLifetime
{
    public const int TrailSections = 50;
    public const int MovedNumber = 200;
    private const int ManyCount = 500;
    private const int NumberCount = 3_000;
    private const int KilledAfter = 1_000;

    private readonly TaskCompletionSource _underLoad = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private TestCluster? _cluster;

    public IReadOnlyList<TestHost> Left => [_cluster!.Hosts[1], _cluster.Hosts[2]];

    /// <summary>At B, which is left.</summary>
    public Application B { get; private set; } = null!;

    /// <summary>At C, which is left and has opened nothing of A's.</summary>
    public Application C { get; private set; } = null!;

    /// <summary>Collocated, synchronous: numbers under ids that the service chose, written from B while A died.</summary>
    public NumberedWrites Numbers { get; private set; } = null!;

    public CheckpointHandle NumbersAtB { get; private set; } = null!;

    /// <summary>Of each kind one pair, written from B while A died.</summary>
    public Dictionary<CreationFlags, (CheckpointName Name, OrderedPair Pair)> Pairs { get; } = [];

    /// <summary>Asynchronous, not collocated: written at A alone, number n into section n modulo <see cref="TrailSections"/>.</summary>
    public CheckpointName Trail { get; } = Name("trail");

    public int TrailAcknowledged { get; private set; }

    /// <summary>Collocated, asynchronous: open at A, its active replica, and at B.</summary>
    public CheckpointHandle MovedAtB { get; private set; } = null!;

    /// <summary>Collocated, opened at A alone.</summary>
    public CheckpointName Alone { get; } = Name("alone");

    public IReadOnlyList<CheckpointName> Many { get; } = [.. Enumerable.Range(0, ManyCount).Select(_ => Name("many"))];

    public async Task InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(3);
        var host = _cluster.Hosts[0];
        var a = await Application.AtAsync(host);
        B = await Application.AtAsync(_cluster.Hosts[1]);
        C = await Application.AtAsync(_cluster.Hosts[2]);

        await Parallel.ForEachAsync(Many, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (name, _) =>
        {
            var handle = await a.OpenAsync(name, Attributes());
            await handle.CreateSectionAsync(Section(1), Bytes(name.ToString()));
        });
        await (await a.OpenAsync(Alone, Attributes(CreationFlags.Collocated | CreationFlags.WriteAllReplicas))).CreateSectionAsync(Section(1), Bytes("x"));
        await MoveAsync(a);
        List<Task> load = [await TrailAsync(a)];
        foreach (var flags in KindSpec.Kinds)
            load.Add(await PairAsync(a, flags));
        var numbers = await NumbersAsync(a);

        await _underLoad.Task.WaitAsync(TestCluster.Patience);
        await Task.WhenAll(a.KillAsync(), host.KillAsync());
        await _cluster.ServingAsync([.. Left]);
        await _stop.CancelAsync();
        await Task.WhenAll([numbers, .. load]);
    }

    public async Task DisposeAsync()
    {
        _stop.Dispose();
        await B.DisposeAsync();
        await C.DisposeAsync();
        await _cluster!.DisposeAsync();
    }

    private async Task<Task> NumbersAsync(Application a)
    {
        var name = Name("numbers");
        await a.OpenAsync(name, Attributes(CreationFlags.Collocated | CreationFlags.WriteAllReplicas));
        NumbersAtB = await B.OpenAsync(name);
        Numbers = new NumberedWrites(NumberCount, count =>
        {
            if (count == KilledAfter)
                _underLoad.SetResult();
        });
        return Numbers.RunAsync(NumbersAtB, lanes: 8);
    }

    private async Task<Task> PairAsync(Application a, CreationFlags flags)
    {
        var name = Name("pair");
        var created = await a.OpenAsync(name, Attributes(flags));
        if (flags.IsCollocated() && !flags.IsSynchronous())
            await Application.PatientlyAsync(() => created.SetActiveReplicaAsync());
        var pair = await OrderedPair.CreateAsync(await B.OpenAsync(name));
        Pairs.Add(flags, (name, pair));
        return pair.WriteAsync(_stop.Token);
    }

    private async Task<Task> TrailAsync(Application a)
    {
        var handle = await a.OpenAsync(Trail, Attributes(CreationFlags.WriteActiveReplica));
        for (var index = 0; index < TrailSections; index++)
            await handle.CreateSectionAsync(Section(index), new byte[4]);
        return WriteTrailAsync(handle);
    }

    /// <summary>Until the application is killed.</summary>
    private async Task WriteTrailAsync(CheckpointHandle handle)
    {
        for (var number = 1; ; number++)
        {
            var status = await Application.PatientStatusOfAsync(() => handle.WriteAsync(Section(number % TrailSections), 0, BitConverter.GetBytes(number)));
            if (status != AisStatus.Ok)
                return;
            TrailAcknowledged = number;
        }
    }

    private async Task MoveAsync(Application a)
    {
        var name = Name("moved");
        var handle = await a.OpenAsync(name, Attributes(CreationFlags.Collocated | CreationFlags.WriteActiveReplica));
        await Application.PatientlyAsync(() => handle.SetActiveReplicaAsync());
        MovedAtB = await B.OpenAsync(name);
        await handle.CreateSectionAsync(Section(1));
        for (var number = 1; number <= MovedNumber; number++)
            await handle.WriteAsync(Section(1), 0, BitConverter.GetBytes(number));
        await handle.SynchronizeAsync();
    }
}
