using Akka.Actor;
using Akka.DistributedData;
using Checkpoint.Actors.Node;

namespace Checkpoint.Tests.Cluster;

[Collection(ClusterCollection.Name)]
public sealed class NodeGuardianSpec
{
    [Fact(DisplayName = "A host whose agent fails ends: nothing is restarted behind its back")]
    public async Task Agent_fails()
    {
        await using var cluster = new TestCluster();
        var host = await cluster.AddAsync();

        host.Node.Services.Agent.Tell(Kill.Instance);

        var exit = Assert.IsType<NodeExit.PartFailed>(await host.Node.Exit.WaitAsync(TestCluster.Patience));
        Assert.Equal("/user/checkpoint/agent", exit.Part);
    }

    [Fact(DisplayName = "A host whose Replicator fails ends, instead of going on with an empty map")]
    public async Task Replicator_fails()
    {
        await using var cluster = new TestCluster();
        var host = await cluster.AddAsync();
        await host.Node.Serving.WaitAsync(TestCluster.Patience);

        DistributedData.Get(host.System).Replicator.Tell(Kill.Instance);

        var exit = Assert.IsType<NodeExit.PartFailed>(await host.Node.Exit.WaitAsync(TestCluster.Patience));
        Assert.Equal("/user/ddataReplicator", exit.Part);
    }
}
