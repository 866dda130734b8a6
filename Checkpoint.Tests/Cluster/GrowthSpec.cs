using Akka.Actor;
using Akka.DistributedData;
using Checkpoint.Actors.Map;
using Checkpoint.Client;
using Checkpoint.Protocol;
using Xunit.Abstractions;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Cluster;

/// <summary>Nothing grows for ever: what was made and taken away leaves memory, map and journal where they were.</summary>
[Collection(ClusterCollection.Name)]
[Trait("Category", "Long")]
public sealed class GrowthSpec(ITestOutputHelper output)
{
    private const int Lanes = 64;
    private const int RowsMaxOfName = 8;
    private const long Quota = 32L << 20;

    /// <summary>For three hosts and their clients together; what was made in the meantime is many times as much.</summary>
    private const long GrowthMaxBytes = 24L << 20;

    [Fact(DisplayName = "100,000 sections created and deleted leave memory, map and journal where they were")]
    public async Task Sections()
    {
        await using var cluster = await StartAsync();
        await using var application = await Application.AtAsync(cluster.Hosts[0]);
        await using var handle = await application.OpenAsync(Name("sections"), Attributes(maxSections: 10_000));
        var content = new byte[1_024];
        await ChurnAsync(0, 10_000, (_, number) => SectionAsync(handle, number, content));
        var before = await MeasureAsync(cluster, "after 10,000 sections");

        await ChurnAsync(10_000, 110_000, (_, number) => SectionAsync(handle, number, content));

        await BackAsync(cluster, before, rowsMax: before.Rows);
    }

    private static Task<TestCluster> StartAsync() => TestCluster.StartAsync(
        3, $"checkpoint.entity.journal-rows-max = {RowsMaxOfName}", TestCluster.Unshakable with { BytesMax = Quota });

    private static async Task SectionAsync(CheckpointHandle handle, int number, byte[] content)
    {
        await Application.PatientlyAsync(() => handle.CreateSectionAsync(Section(number), content));
        await Application.PatientlyAsync(() => handle.DeleteSectionAsync(Section(number)));
    }

    private static Task ChurnAsync(int from, int to, Func<int, int, Task> make)
    {
        var next = from - 1;
        return Task.WhenAll(Enumerable.Range(0, Lanes).Select(async lane =>
        {
            for (var number = Interlocked.Increment(ref next); number < to; number = Interlocked.Increment(ref next))
                await make(lane, number);
        }));
    }

    private async Task BackAsync(TestCluster cluster, Measured before, long rowsMax)
    {
        var pool = BucketPool.ForQuota(Quota).Count;
        Measured after = before;
        await Eventually.TrueAsync($"at most {before.MemoryBytes + GrowthMaxBytes:N0} bytes, {pool} keys and {rowsMax} rows", async () =>
        {
            after = await MeasureAsync(cluster, "after all");
            return after.MemoryBytes <= before.MemoryBytes + GrowthMaxBytes && after.Rows <= rowsMax && after.Keys.All(keys => keys <= pool);
        });
        foreach (var host in cluster.Hosts)
        {
            // The last mark reaches the other replicas a moment after the answer.
            await Eventually.TrueAsync($"{before.Incarnations} empty checkpoints on {host}", async () =>
            {
                var status = await host.AskAsync<AgentStatus>(new GetAgentStatus(TestHost.NextNumber()));
                return status.Incarnations.Count == before.Incarnations
                    && status.Incarnations.All(incarnation => (incarnation.Sections, incarnation.BytesUsed) == (0, 0L));
            });
        }
    }

    private async Task<Measured> MeasureAsync(TestCluster cluster, string when)
    {
        List<int> keys = [];
        foreach (var host in cluster.Hosts)
            keys.Add((await DistributedData.Get(host.System).Replicator.Ask<GetKeysIdsResult>(Dsl.GetKeyIds, TestCluster.Patience)).Keys.Count);
        var incarnations = await cluster.Hosts[0].AskAsync<AgentStatus>(
            new GetAgentStatus(TestHost.NextNumber()));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var measured = new Measured(GC.GetTotalMemory(forceFullCollection: true), keys, cluster.Journal.Rows(), incarnations.Incarnations.Count);
        output.WriteLine($"{when}: {measured.MemoryBytes:N0} bytes, keys {string.Join("/", measured.Keys)}, {measured.Rows} rows");
        return measured;
    }

    private sealed record Measured(long MemoryBytes, IReadOnlyList<int> Keys, long Rows, int Incarnations);
}
