using Checkpoint.Client;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Cluster;

/// <summary>The six kinds of checkpoint, by their creation flags.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class KindSpec(SharedCluster cluster)
{
    private const CreationFlags CollocatedActive = CreationFlags.Collocated | CreationFlags.WriteActiveReplica;
    private const CreationFlags CollocatedWeak = CreationFlags.Collocated | CreationFlags.WriteActiveReplicaWeak;

    public static IReadOnlyList<CreationFlags> Kinds { get; } =
    [
        CreationFlags.WriteAllReplicas, CreationFlags.WriteActiveReplica, CreationFlags.WriteActiveReplicaWeak,
        CreationFlags.Collocated | CreationFlags.WriteAllReplicas, CollocatedActive, CollocatedWeak,
    ];

    public static IEnumerable<object[]> KindData => Kinds.Select(flags => new object[] { flags });

    [Theory(DisplayName = "Of each kind: written at one host, read at another, closed, opened again elsewhere with all its content")]
    [MemberData(nameof(KindData))]
    public async Task Each_kind(CreationFlags flags)
    {
        var name = Name("kind");
        var writer = await cluster.A.OpenAsync(name, Attributes(flags));
        var reader = await cluster.B.OpenAsync(name);
        if (flags is CollocatedActive or CollocatedWeak)
            await Application.PatientlyAsync(() => writer.SetActiveReplicaAsync());

        await writer.CreateSectionAsync(Section(1), Bytes("0123456789"));
        await writer.WriteAsync([new WriteElement(Section(1), 4, Bytes("xy")), new WriteElement(Section(1), 12, Bytes("z"))]);
        Assert.Equal("0123xy6789\0\0z", Text(await reader.ReadAsync(Section(1))));
        await reader.CreateSectionAsync(Section(2), Bytes("of the reader"));
        Assert.Equal((2, 26L), await StatusAsync(writer));

        await writer.CloseAsync();
        await reader.CloseAsync();
        await using var again = await cluster.C.OpenAsync(name, Attributes(flags));
        Assert.Equal(writer.Incarnation, again.Incarnation);
        if (flags is CollocatedActive or CollocatedWeak)
            await Application.PatientlyAsync(() => again.SetActiveReplicaAsync());
        Assert.Equal(["0123xy6789\0\0z", "of the reader"], new[] { Text(await again.ReadAsync(Section(1))), Text(await again.ReadAsync(Section(2))) });
    }

    [Theory(DisplayName = "A collocated asynchronous checkpoint answers NOT_EXIST until a replica is made active; then every opener works")]
    [InlineData(CollocatedActive)]
    [InlineData(CollocatedWeak)]
    public async Task No_active_replica(CreationFlags flags)
    {
        var name = Name("passive");
        await using var a = await cluster.A.OpenAsync(name, Attributes(flags));
        await using var b = await cluster.B.OpenAsync(name);

        foreach (var handle in new[] { a, b })
        {
            Assert.Equal(AisStatus.NotExist, await Application.StatusOfAsync(async () => await handle.CreateSectionAsync(Section(1), Bytes("x"))));
            Assert.Equal(AisStatus.NotExist, await Application.StatusOfAsync(() => handle.WriteAsync(Section(1), 0, Bytes("x"))));
            Assert.Equal(AisStatus.NotExist, await Application.StatusOfAsync(async () => await handle.ReadAsync(Section(1))));
            Assert.Equal(AisStatus.NotExist, await Application.StatusOfAsync(async () => await handle.GetStatusAsync()));
            Assert.Equal(AisStatus.NotExist, await Application.StatusOfAsync(() => handle.SynchronizeAsync()));
        }

        await Application.PatientlyAsync(() => b.SetActiveReplicaAsync());
        await a.CreateSectionAsync(Section(1), Bytes("by a"));
        Assert.Equal("by a", Text(await b.ReadAsync(Section(1))));

        await Application.PatientlyAsync(() => a.SetActiveReplicaAsync()); // Moves it: nothing is lost, nothing waits for ever.
        await b.OverwriteAsync(Section(1), Bytes("by b"));
        Assert.Equal("by b", Text(await a.ReadAsync(Section(1))));
    }

    [Theory(DisplayName = "After Synchronize every replica has what was written before it; a synchronous checkpoint refuses it")]
    [InlineData(CreationFlags.WriteActiveReplica)]
    [InlineData(CreationFlags.WriteActiveReplicaWeak)]
    public async Task Synchronize(CreationFlags flags)
    {
        await using var handle = await cluster.B.OpenAsync(Name("synchronized"), Attributes(flags));
        await using var synchronous = await cluster.B.OpenAsync(Name("synchronous"), Attributes());
        await handle.CreateSectionAsync(Section(1));
        for (var index = 0; index < 100; index++)
            await handle.WriteAsync(Section(1), index * 4, BitConverter.GetBytes(index));

        await handle.SynchronizeAsync();

        // Stable before the answer: a replica applies the mark within milliseconds, and nobody else has to act for it.
        var replica = TestCheckpoint.Of(handle.Incarnation);
        await Eventually.TrueAsync(
            "every replica is at the position of the 101st change",
            async () => (await Task.WhenAll(cluster.Hosts.Select(replica.StatusAsync))).Select(status => status!.Position).Distinct().Count() == 1);
        Assert.Equal(AisStatus.BadOperation, await Application.StatusOfAsync(() => synchronous.SynchronizeAsync()));
    }

    private static async Task<(int Sections, long Bytes)> StatusAsync(CheckpointHandle handle)
    {
        var status = await handle.GetStatusAsync();
        return (status.SectionCount, status.MemoryUsed);
    }
}
