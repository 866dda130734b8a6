using System.Text;
using Checkpoint.Actors.Node;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Tests.Cluster;

[Collection(ClusterCollection.Name)]
public sealed class ContentSpec
{
    private static readonly SectionId Section = new("section");

    [Fact(DisplayName = "What is created and written on A is read on B and C, and their replicas are identical")]
    public async Task Write_here_read_there()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var checkpoint = await TestCheckpoint.CreateAsync(cluster.Hosts[0], "counts");

        Assert.Equal(AisStatus.Ok, await checkpoint.WriteAsync(cluster.Hosts[0], Section, "one"));
        Assert.Equal(AisStatus.Ok, await checkpoint.WriteAsync(cluster.Hosts[1], new SectionId("other"), "two"));

        foreach (var host in cluster.Hosts)
        {
            Assert.Equal("one", await checkpoint.ReadAsync(host, Section));
            Assert.Equal("two", await checkpoint.ReadAsync(host, new SectionId("other")));
        }
    }

    [Fact(DisplayName = "A section of 8 MiB travels in parcels and arrives whole while small writes go on")]
    public async Task Large_section()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (a, c) = (cluster.Hosts[0], cluster.Hosts[2]);
        var large = await TestCheckpoint.CreateAsync(a, "large");
        var small = await TestCheckpoint.CreateAsync(a, "small");
        var text = string.Concat(Enumerable.Repeat("0123456789abcdef", 512 * 1024));

        var writing = large.WriteAsync(c, Section, text);
        for (var round = 0; round < 50; round++)
            Assert.Equal(AisStatus.Ok, await small.WriteAsync(a, Section, $"{round}"));
        Assert.Equal(AisStatus.Ok, await writing);

        foreach (var host in cluster.Hosts)
            Assert.Equal(text, await large.ReadAsync(host, Section));
        Assert.Equal("49", await small.ReadAsync(c, Section));
    }

    [Fact(DisplayName = "A host that joins is filled, and then holds and counts like the others")]
    public async Task Newcomer_is_filled()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var checkpoint = await TestCheckpoint.CreateAsync(cluster.Hosts[0], "filled");
        for (var index = 0; index < 200; index++)
            Assert.Equal(AisStatus.Ok, await checkpoint.WriteAsync(cluster.Hosts[0], new SectionId($"s{index}"), new string('x', 1_000)));

        var c = await cluster.AddAsync();
        await cluster.ServingAsync([.. cluster.Hosts]);
        await checkpoint.FullOnAsync(c);
        await cluster.Hosts[0].KillAsync();
        await cluster.ServingAsync(cluster.Hosts[1], c);
        await cluster.Hosts[1].KillAsync();
        await cluster.ServingAsync(c);

        Assert.Equal(new string('x', 1_000), await checkpoint.ReadAsync(c, new SectionId("s199")));
    }

    [Fact(DisplayName = "The orderer's host dies in the middle of writes: every acknowledged one is there, none of the refused, and writing goes on")]
    public async Task Orderer_dies()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (a, b, c) = (cluster.Hosts[0], cluster.Hosts[1], cluster.Hosts[2]);
        var checkpoint = await TestCheckpoint.CreateAsync(a, "survives");
        Dictionary<int, AisStatus> results = [];
        var killed = Task.CompletedTask;

        for (var index = 0; index < 1_000; index++)
        {
            if (index == 300)
                killed = a.KillAsync();
            results[index] = await checkpoint.WriteAsync(b, new SectionId($"s{index}"), $"{index}");
            if (results[index] == AisStatus.TryAgain)
                index--;
        }

        await killed;
        foreach (var host in new[] { b, c })
        {
            var sections = await checkpoint.SectionsAsync(host);
            foreach (var (index, status) in results.Where(result => result.Value == AisStatus.Ok))
                Assert.Contains(new SectionId($"s{index}"), sections);
            Assert.Equal(sections.Count, sections.Distinct().Count());
        }

        Assert.True(results.Values.Count(status => status == AisStatus.Ok) > 900);
        Assert.Equal("999", await checkpoint.ReadAsync(c, new SectionId("s999")));
    }

    [Fact(DisplayName = "From the cut on the minority acknowledges nothing; the majority goes on, and after the heal its replicas are identical")]
    public async Task Partition()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (a, b, c) = (cluster.Hosts[0], cluster.Hosts[1], cluster.Hosts[2]);
        var checkpoint = await TestCheckpoint.CreateAsync(c, "split"); // The minority orders it.
        Assert.Equal(AisStatus.Ok, await checkpoint.WriteAsync(c, Section, "before"));

        await cluster.CutOffAsync(c);
        var minority = checkpoint.WriteAsync(c, Section, "minority");
        await cluster.ServingAsync(a, b);
        Assert.Equal(AisStatus.Ok, await checkpoint.WriteAsync(a, Section, "majority"));
        Assert.NotEqual(AisStatus.Ok, await minority);
        Assert.IsType<NodeExit.LeftOut>(await c.Node.Exit.WaitAsync(TestCluster.Patience));
        await cluster.HealAsync();

        Assert.Equal("majority", await checkpoint.ReadAsync(a, Section));
        Assert.Equal("majority", await checkpoint.ReadAsync(b, Section));
        Assert.Equal(await checkpoint.SectionsAsync(a), await checkpoint.SectionsAsync(b));
    }

    [Fact(DisplayName = "A graceful leave of the orderer's host costs no write: each is acknowledged or refused as not done, and none is unknown")]
    public async Task Leave_under_load()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (a, b, c) = (cluster.Hosts[0], cluster.Hosts[1], cluster.Hosts[2]);
        var checkpoint = await TestCheckpoint.CreateAsync(a, "drained");
        List<AisStatus> results = [];
        var leaving = Task.CompletedTask;

        for (var index = 0; index < 500; index++)
        {
            if (index == 100)
                leaving = a.StopAsync();
            results.Add(await checkpoint.WriteAsync(b, Section, $"{index}"));
        }

        await leaving;
        Assert.DoesNotContain(results, status => status is not (AisStatus.Ok or AisStatus.TryAgain));
        await cluster.ServingAsync(b, c);
        Assert.Equal(AisStatus.Ok, await checkpoint.WriteAsync(b, Section, "after"));
        Assert.Equal("after", await checkpoint.ReadAsync(c, Section));
    }
}
