using Checkpoint.Protocol;
using Checkpoint.Tests.Processes;
using Xunit.Abstractions;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Cluster;

/// <summary>What the nodes that are left have of checkpoints whose orderer, and active replica, died under load (ais-ckpt 5.12).</summary>
[Collection(ClusterCollection.Name)]
[Trait("Category", "Long")]
public sealed class NodeLossSpec(LostNode lost, ITestOutputHelper output) : IClassFixture<LostNode>
{
    [Fact(DisplayName = "NOD-05, NOD-28: a collocated synchronous checkpoint has every acknowledged section, under ids of which none is there twice")]
    public async Task Synchronous_and_collocated()
    {
        output.WriteLine(lost.Numbers.ToString());
        lost.Numbers.AssertIn(await NumberedWrites.ReadAsync(lost.NumbersAtB));
    }

    [Theory(DisplayName = "NOD-31: of one writer's two sections the first is never behind the second; synchronous, nothing acknowledged is lost")]
    [MemberData(nameof(KindSpec.KindData), MemberType = typeof(KindSpec))]
    public async Task Order_of_one_writer(CreationFlags flags)
    {
        var (name, pair) = lost.Pairs[flags];
        await using var there = await lost.C.OpenAsync(name);
        if (flags.IsCollocated() && !flags.IsSynchronous())
            await Application.PatientlyAsync(() => there.SetActiveReplicaAsync());
        var (first, second) = await OrderedPair.ReadAsync(there);

        output.WriteLine($"acknowledged {pair.Acknowledged}; read {first} and {second}");
        Assert.True(pair.Acknowledged > 0);
        Assert.InRange(first, second, second + 1);
        if (flags.IsSynchronous())
            Assert.InRange(second, pair.Acknowledged, pair.Acknowledged + 1);
    }

    [Fact(DisplayName = "NOD-06: of what the dead active replica alone had acknowledged, a prefix is left, the same at every node; it goes on")]
    public async Task A_prefix()
    {
        await using var there = await lost.B.OpenAsync(lost.Trail);
        var read = await Application.PatientlyAsync(() => there.ReadAsync(
            [.. Enumerable.Range(0, LostNode.TrailSections).Select(index => new ReadElement(Section(index), 0, 4))]));
        int[] numbers = [.. read.Select(data => BitConverter.ToInt32(data.Span))];
        var last = numbers.Max();

        output.WriteLine($"acknowledged {lost.TrailAcknowledged}; {last} are left");
        Assert.InRange(last, 1, lost.TrailAcknowledged + 1);
        for (var index = 0; index < numbers.Length; index++)
            Assert.Equal(index > last ? 0 : last - ((last - index) % numbers.Length), numbers[index]);
        var replica = TestCheckpoint.Of(there.Incarnation);
        Assert.Equal(await replica.ContentAsync(lost.Left[0]), await replica.ContentAsync(lost.Left[1]));
        await Application.PatientlyAsync(() => there.WriteAsync(Section(0), 0, Bytes("goes on")));
    }

    [Fact(DisplayName = "NOD-07, NOD-32: without its active replica a collocated checkpoint answers NOT_EXIST, then has what was synchronized; also for who opens it late")]
    public async Task Active_replica_lost()
    {
        var b = lost.MovedAtB;
        Assert.Equal(AisStatus.NotExist, await Application.PatientStatusOfAsync(() => b.WriteAsync(Section(1), 4, Bytes("x"))));
        Assert.Equal(AisStatus.NotExist, await Application.PatientStatusOfAsync(async () => await b.ReadAsync(Section(1))));
        await using var late = await lost.C.OpenAsync(b.Name);
        Assert.Equal(AisStatus.NotExist, await Application.PatientStatusOfAsync(async () => await late.ReadAsync(Section(1))));

        await Application.PatientlyAsync(() => late.SetActiveReplicaAsync());

        foreach (var handle in new[] { b, late })
            Assert.Equal(LostNode.MovedNumber, BitConverter.ToInt32((await handle.ReadAsync(Section(1))).Span));
    }

    [Fact(DisplayName = "NOD-08: a collocated checkpoint that only the dead node had open is gone")]
    public async Task Collocated_and_alone() =>
        Assert.Null(await Application.PatientlyAsync(() => lost.B.Client.TryOpenAsync(lost.Alone)));

    [Fact(DisplayName = "NOD-25: 500 checkpoints that the dead node alone had open are opened, read and written elsewhere")]
    public async Task Many()
    {
        var began = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(lost.Many, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (name, _) =>
        {
            await using var handle = await lost.B.OpenAsync(name);
            Assert.Equal(name.ToString(), Text(await Application.PatientlyAsync(() => handle.ReadAsync(Section(1)))));
            await Application.PatientlyAsync(() => handle.OverwriteAsync(Section(1), Bytes("goes on")));
        });
        output.WriteLine($"{lost.Many.Count} checkpoints opened, read, written and closed in {TimeProvider.System.GetElapsedTime(began)}");
    }
}
