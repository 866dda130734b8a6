using Checkpoint.Actors.Diagnostics;
using Checkpoint.Client;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Cluster;

[Collection(ClusterCollection.Name)]
public sealed class FaultSpec
{
    [Fact(DisplayName = "One replica without memory: applications at every host get NO_MEMORY for what grows, nothing changes anywhere, and it ends with the fault")]
    public async Task No_memory()
    {
        await using var cluster = await TestCluster.StartAsync(2, machine: TestCluster.Unshakable, hasFaults: true);
        await using var atA = await Application.AtAsync(cluster.Hosts[0]);
        await using var atB = await Application.AtAsync(cluster.Hosts[1]);
        var name = Name("full");
        await using var a = await atA.OpenAsync(name, Attributes());
        await using var b = await atB.OpenAsync(name);
        await a.CreateSectionAsync(Section(1), Bytes("12345678"));

        cluster.Hosts[1].Faults.Set(FaultSettings.None with { NoMemory = true });
        await Eventually.TrueAsync("the orderer's host has heard", async () => await GrownAsync(a) == AisStatus.NoMemory);
        var (before, size) = (await a.GetStatusAsync(), (await a.ReadAsync(Section(1))).Length);

        foreach (var handle in new[] { a, b })
        {
            Assert.Equal(AisStatus.NoMemory, await Application.StatusOfAsync(async () => await handle.CreateSectionAsync(Section(2), Bytes("x"))));
            Assert.Equal(AisStatus.NoMemory, await Application.StatusOfAsync(() => handle.OverwriteAsync(Section(1), new byte[size + 1])));
            Assert.Equal(AisStatus.NoMemory, await GrownAsync(handle));
            await handle.WriteAsync(Section(1), 0, Bytes("abcd"));
        }

        foreach (var application in new[] { atA, atB })
        {
            var refused = Name("refused");
            Assert.Equal(AisStatus.NoMemory, await Application.StatusOfAsync(async () => await application.Client.OpenAsync(refused, attributes: Attributes())));
            Assert.Null(await atA.Client.TryOpenAsync(refused));
        }

        Assert.Equal((before.SectionCount, before.MemoryUsed), await UsedAsync(b));
        Assert.StartsWith("abcd5678", Text(await b.ReadAsync(Section(1))));

        cluster.Hosts[1].Faults.Set(FaultSettings.None);
        await Eventually.TrueAsync("it grows again", async () => await GrownAsync(a) == AisStatus.Ok);
        await b.CreateSectionAsync(Section(2), Bytes("x"));
        await using var opened = await atB.OpenAsync(Name("new"), Attributes());
    }

    private static async Task<(int Sections, long Bytes)> UsedAsync(CheckpointHandle handle)
    {
        var status = await handle.GetStatusAsync();
        return (status.SectionCount, status.MemoryUsed);
    }

    /// <summary>One byte more, at the end.</summary>
    private static async Task<AisStatus> GrownAsync(CheckpointHandle handle)
    {
        var size = (await handle.ReadAsync(Section(1))).Length;
        return await Application.StatusOfAsync(() => handle.WriteAsync(Section(1), size, Bytes("+")));
    }
}
