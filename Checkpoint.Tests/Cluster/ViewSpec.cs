using Checkpoint.Actors.Node;
using Checkpoint.Actors.Replication;

namespace Checkpoint.Tests.Cluster;

[Collection(ClusterCollection.Name)]
public sealed class ViewSpec
{
    [Fact(DisplayName = "Three hosts reach one serving view; a fourth joins it")]
    public async Task Hosts_join()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var three = await cluster.ServingAsync([.. cluster.Hosts]);

        await cluster.AddAsync();
        var four = await cluster.ServingAsync([.. cluster.Hosts]);

        Assert.True(four > three);
    }

    [Fact(DisplayName = "A host that is cut off is left out, learns of it, and ends; the others serve without it")]
    public async Task Cut_off()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (a, b, c) = (cluster.Hosts[0], cluster.Hosts[1], cluster.Hosts[2]);

        await cluster.CutOffAsync(c);

        await cluster.ServingAsync(a, b);
        var exit = Assert.IsType<NodeExit.LeftOut>(await c.Node.Exit.WaitAsync(TestCluster.Patience));
        Assert.NotEmpty(exit.Reason);
        await c.System.WhenTerminated.WaitAsync(TestCluster.Patience);
        Assert.False(a.Node.Exit.IsCompleted || b.Node.Exit.IsCompleted);
    }

    [Fact(DisplayName = "A host that is killed is left out; another takes its place")]
    public async Task Killed()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (a, b, c) = (cluster.Hosts[0], cluster.Hosts[1], cluster.Hosts[2]);

        await a.KillAsync();
        await cluster.ServingAsync(b, c);

        var d = await cluster.AddAsync();
        await cluster.ServingAsync(b, c, d);
    }

    [Fact(DisplayName = "A host that leaves gracefully is out of the view, and nobody calls it left out")]
    public async Task Left()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (a, b, c) = (cluster.Hosts[0], cluster.Hosts[1], cluster.Hosts[2]);

        await b.StopAsync();

        await cluster.ServingAsync(a, c);
        Assert.False(b.Node.Exit.IsCompleted);
        var status = await a.AskAsync<ReplicaAgentProtocol.AgentStatus>(new ReplicaAgentProtocol.GetAgentStatus(TestHost.NextNumber()));
        Assert.DoesNotContain(b.Id, status.ViewHosts);
    }
}
