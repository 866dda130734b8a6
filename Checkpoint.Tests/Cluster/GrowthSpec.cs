using Akka.Actor;
using Akka.DistributedData;
using Checkpoint.Actors.Map;
using Checkpoint.Actors.Views;
using Checkpoint.Client;
using Checkpoint.Host.Journal;
using Checkpoint.Protocol;
using Microsoft.Extensions.Time.Testing;
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

        await BackAsync(cluster, before, rowsMax: before.Rows, incarnations: 1);
    }

    [Fact(DisplayName = "2,000 checkpoints created and unlinked leave memory, map and journal where they were")]
    public async Task Checkpoints()
    {
        await using var cluster = await StartAsync();
        await using var application = await Application.AtAsync(cluster.Hosts[0]);
        var names = Enumerable.Range(0, Lanes).Select(lane => Name($"lane{lane}")).ToList();
        await ChurnAsync(0, 1_000, (lane, number) => CheckpointAsync(application, names[lane], number));
        var before = await MeasureAsync(cluster, "after 1,000 checkpoints");

        await ChurnAsync(1_000, 3_000, (lane, number) => CheckpointAsync(application, names[lane], number));

        // A name's rows are written as one whenever they pass the limit, so each may be anywhere below it.
        await BackAsync(cluster, before, rowsMax: before.Rows + (Lanes * RowsMaxOfName), incarnations: 0);
    }

    [Fact(DisplayName = "500 names, each created and unlinked once, leave memory and map where they were, and after the purge the journal, too")]
    public async Task Names()
    {
        await using var cluster = await StartAsync();
        // An entity remembers who asked it until some seconds after the deadline that was named.
        await using var application = await Application.AtAsync(cluster.Hosts[0], TimeSpan.FromSeconds(8));
        await ChurnAsync(0, 100, (_, number) => CheckpointAsync(application, Name($"name{number}"), number));
        await PurgedAsync(cluster);
        var before = await MeasureAsync(cluster, "after 100 names");

        await ChurnAsync(100, 600, (_, number) => CheckpointAsync(application, Name($"name{number}"), number));

        Assert.True(cluster.Journal.Rows() >= before.Rows + 500, "there was nothing to purge");
        await PurgedAsync(cluster);
        await BackAsync(cluster, before, rowsMax: ViewRows.KeptMax, incarnations: 0);
    }

    /// <summary>Until the entities have ended themselves and a host's purge of an hour later has taken their rows.</summary>
    private static Task PurgedAsync(TestCluster cluster)
    {
        var later = new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(2));
        var purge = new JournalPurge(cluster.Journal.Options, later, new Random(1), cluster.Hosts[0].System.Log);
        return Eventually.TrueAsync("no rows but those of views in the journal", async () =>
        {
            await purge.PurgeAsync(CancellationToken.None);
            return cluster.Journal.Rows() <= ViewRows.KeptMax;
        });
    }

    private static Task<TestCluster> StartAsync() => TestCluster.StartAsync(
        3, $"checkpoint.entity.journal-rows-max = {RowsMaxOfName}", TestCluster.Unshakable with { BytesMax = Quota });

    private static async Task SectionAsync(CheckpointHandle handle, int number, byte[] content)
    {
        await Application.PatientlyAsync(() => handle.CreateSectionAsync(Section(number), content));
        await Application.PatientlyAsync(() => handle.DeleteSectionAsync(Section(number)));
    }

    private static async Task CheckpointAsync(Application application, CheckpointName name, int number)
    {
        var handle = await application.OpenAsync(name, Attributes(maxSections: 10));
        await Application.PatientlyAsync(() => handle.CreateSectionAsync(Section(number), Bytes("content")));
        await Application.PatientlyAsync(() => application.Client.UnlinkAsync(name));
        await Application.PatientlyAsync(() => handle.CloseAsync());
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

    private async Task BackAsync(TestCluster cluster, Measured before, long rowsMax, int incarnations)
    {
        var pool = BucketPool.ForQuota(Quota).Count;
        var memoryMax = before.MemoryBytes + GrowthMaxBytes;
        await Eventually.TrueAsync($"at most {memoryMax:N0} bytes, {pool} keys, {rowsMax} rows, {incarnations} empty incarnations", async () =>
        {
            var after = await MeasureAsync(cluster, "after all");
            return after.MemoryBytes <= memoryMax && after.Rows <= rowsMax && after.Keys.All(keys => keys <= pool)
                && after.Held.All(held => held == (incarnations, 0L));
        });
    }

    private async Task<Measured> MeasureAsync(TestCluster cluster, string when)
    {
        List<int> keys = [];
        List<(int Incarnations, long Bytes)> held = [];
        foreach (var host in cluster.Hosts)
        {
            keys.Add((await DistributedData.Get(host.System).Replicator.Ask<GetKeysIdsResult>(Dsl.GetKeyIds, TestCluster.Patience)).Keys.Count);
            var status = await host.AskAsync<AgentStatus>(new GetAgentStatus(TestHost.NextNumber()));
            held.Add((status.Incarnations.Count, status.Incarnations.Sum(incarnation => incarnation.BytesUsed)));
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        var measured = new Measured(GC.GetTotalMemory(forceFullCollection: true), keys, cluster.Journal.Rows(), held);
        output.WriteLine($"{when}: {measured.MemoryBytes:N0} bytes, keys {string.Join("/", keys)}, {measured.Rows} rows, incarnations and bytes {string.Join("/", held)}");
        return measured;
    }

    private sealed record Measured(long MemoryBytes, IReadOnlyList<int> Keys, long Rows, IReadOnlyList<(int Incarnations, long Bytes)> Held);
}
