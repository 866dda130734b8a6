using Checkpoint.Host.Configuration;
using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Host.Configuration;

/// <summary>The <c>akka</c> block: keys that Akka's modules know, values that they can read, and what the service depends on.</summary>
public sealed class AkkaKeysTests
{
    [Theory(DisplayName = "Every key of our own files is one that the loaded modules of Akka know")]
    [MemberData(nameof(Files))]
    public void Own_files(string file)
    {
        List<string> faults = [];
        var config = new HoconFiles(faults).Load(Repository.PathOf(file));
        AkkaKeys.Check(config, faults);

        Assert.Empty(faults);
        Assert.False(config.IsEmpty);
    }

    public static TheoryData<string> Files => [.. Repository.Files.Where(file => file.StartsWith("hocon/", StringComparison.Ordinal))];

    [Theory(DisplayName = "A key that Akka does not know is refused, with the nearest one of its block")]
    [InlineData("akka.cluster.seed-node-timout = 5s", "akka.cluster.seed-node-timout is not a key of Akka 1.5.74, did you mean seed-node-timeout?")]
    [InlineData("akka.cluster.sharding.passivation.strategy = none", "akka.cluster.sharding.passivation.strategy is not a key of Akka 1.5.74")]
    [InlineData("akka.remote.dot-netty.tcp.bind-hostname = \"127.0.0.1\"", "akka.remote.dot-netty.tcp.bind-hostname is not a key of Akka 1.5.74")]
    [InlineData("akka.coordinated-shutdown.phases.cluster-leave.timeut = 3s", "akka.coordinated-shutdown.phases.cluster-leave.timeut is not a key of Akka 1.5.74, did you mean timeout?")]
    [InlineData("akka.persistence.journal.views.batchsize = 1", "akka.persistence.journal.views.batchsize is not a key of Akka 1.5.74, did you mean batch-size?")]
    [InlineData("akka.actor.default-dispatcher.troughput = 5", "akka.actor.default-dispatcher.troughput is not a key of Akka 1.5.74, did you mean throughput?")]
    [InlineData("akka.cluster.my-dispatcher.typ = PinnedDispatcher", "akka.cluster.my-dispatcher.typ is not a key of Akka 1.5.74, did you mean type?")]
    [InlineData("checkpoint-agent-dispatcher.typ = PinnedDispatcher", "checkpoint-agent-dispatcher.typ is not a key of Akka 1.5.74, did you mean type?")]
    public void Unknown(string hocon, string fault) => Assert.Equal([fault], NodeText.FaultsWith(hocon));

    [Theory(DisplayName = "Blocks whose keys are names take any")]
    [InlineData("akka.actor.deployment.\"/x\".dispatcher = y")]
    [InlineData("akka.coordinated-shutdown.phases.of-mine.timeout = 3s")]
    [InlineData("akka.persistence.journal.other.class = \"Akka.Persistence.Journal.MemoryJournal, Akka.Persistence\"")]
    [InlineData("akka.persistence.journal.sql.circuit-breaker.max-failures = 5")]
    [InlineData("akka.cluster.role.checkpoint.min-nr-of-members = 1")]
    [InlineData("akka.cluster.sharding.distributed-data.gossip-interval = 1s")]
    [InlineData("akka.actor.default-dispatcher.channel-executor.priority = normal")]
    [InlineData("akka.actor.my-dispatcher { type = ForkJoinDispatcher\n dedicated-thread-pool { thread-count = 2\n threadtype = background }\n}")]
    [InlineData("checkpoint-agent-dispatcher.throughput = 5")]
    [InlineData("akka.log-dead-letters = off")]
    [InlineData("akka.remote.quarantine-after-silence = off")]
    public void Open_blocks(string hocon) =>
        Assert.Empty(NodeText.FaultsOf(() => HostConfiguration.From(NodeText.ParseExactly(hocon).WithFallback(NodeText.Parse(NodeText.Right)))));

    [Theory(DisplayName = "A value that Akka could not read, or that the service cannot work with, is refused")]
    [InlineData("akka.cluster.seed-node-timeout = \"5 fortnights\"", "akka.cluster.seed-node-timeout = 5 fortnights, must be a duration")]
    [InlineData("akka.cluster.gossip-interval = [1]", "akka.cluster.gossip-interval must be a single value")]
    [InlineData("akka.cluster.roles = checkpoint", "akka.cluster.roles must be a list")]
    [InlineData("akka.cluster.roles = [other]", "akka.cluster.roles = [other], must have checkpoint among them")]
    [InlineData("akka.cluster.roles = [checkpoint\n\"a b\"]", "akka.cluster.roles: 'a b' is not a role")]
    [InlineData("akka.cluster.roles = [checkpoint\n\"\"]", "akka.cluster.roles: '' is not a role")]
    [InlineData("akka.cluster.sharding = 5", "akka.cluster.sharding must be a block of keys")]
    [InlineData("akka.remote.dot-netty.tcp.enable-ssl = maybe", "akka.remote.dot-netty.tcp.enable-ssl = maybe, must be on or off")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = large", "akka.remote.dot-netty.tcp.maximum-frame-size = large, must be a size in bytes")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = 200000b", "akka.remote.dot-netty.tcp.maximum-frame-size = 200000b, must be at least 262144b: ")]
    [InlineData("akka.remote.dot-netty.tcp.backlog = many", "akka.remote.dot-netty.tcp.backlog = many, must be a number")]
    [InlineData("akka.loglevel = LOUD", "akka.loglevel = LOUD, must be OFF or ERROR or WARNING or INFO or DEBUG")]
    [InlineData("akka.stdout-loglevel = quiet", "akka.stdout-loglevel = quiet, must be OFF or ERROR or WARNING or INFO or DEBUG")]
    [InlineData("akka.loggers = [\"No.Such.Logger, Nowhere\"]", "akka.loggers: 'No.Such.Logger, Nowhere' is not a class that this host has")]
    [InlineData("akka.cluster.failure-detector.implementation-class = \"No.Such, Nowhere\"", "akka.cluster.failure-detector.implementation-class = No.Such, Nowhere, must be a class")]
    [InlineData("akka.actor.provider = local", "akka.actor.provider = local, must be cluster")]
    [InlineData("akka.cluster.sharding.role = other", "akka.cluster.sharding.role = other, must be checkpoint")]
    [InlineData("akka.persistence.journal.plugin = \"akka.persistence.journal.inmem\"", "akka.persistence.journal.plugin = akka.persistence.journal.inmem, must be akka.persistence.journal.sql")]
    [InlineData("akka.persistence.journal.sql.connection-string = \"Host=db\"", "akka.persistence.journal.sql.connection-string is set by checkpoint.journal")]
    [InlineData("akka.cluster.downing-provider-class = \"Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster\"", "akka.cluster.downing-provider-class = Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster, must be Checkpoint.Actors.Views.ViewDowning, Checkpoint.Actors")]
    public void Values(string hocon, string fault) =>
        Assert.StartsWith(fault, Assert.Single(NodeText.FaultsOf(() => HostConfiguration.From(NodeText.ParseExactly(hocon).WithFallback(NodeText.Parse(NodeText.Right))))), StringComparison.Ordinal);
}
