using Akka.Configuration;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Host.Configuration;
using Checkpoint.Tests.Processes;
using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Host.Configuration;

public sealed class HostConfigurationTests
{
    private const string Node = NodeText.Right;

    [Theory(DisplayName = "The example nodes of one machine are accepted as they are")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Example_nodes(int number)
    {
        var host = HostConfiguration.Load(Repository.PathOf($"hocon/node{number}.conf"), []);

        Assert.Equal($"node{number}", host.Options.NodeName);
        Assert.True(host.Options.Journal.IsSqlite);
        Assert.Null(host.Options.Faults);
        Assert.Equal(4710 + number, host.Akka.GetInt("akka.remote.dot-netty.tcp.port"));
        Assert.Equal(host.Options.Journal.ConnectionString, host.Akka.GetString("akka.persistence.journal.views.connection-string"));
        Assert.False(host.Akka.GetBoolean("akka.actor.serialization-settings.allow-unregistered-types", true));
    }

    [Fact(DisplayName = "A host can read what members send it before it has used Akka's extensions itself")]
    public void Serializers_of_extensions()
    {
        var host = HostConfiguration.Load(Repository.PathOf("hocon/node1.conf"), []);

        var known = host.Akka.GetConfig("akka.actor.serialization-identifiers").AsEnumerable().Select(pair => pair.Key.Split(',')[0].Trim('"')).ToHashSet();
        foreach (var serializer in new[]
            {
                "Akka.Cluster.Sharding.Serialization.ClusterShardingMessageSerializer",
                "Akka.Cluster.Tools.Singleton.Serialization.ClusterSingletonMessageSerializer",
                "Akka.Cluster.Tools.Client.Serialization.ClusterClientMessageSerializer",
                "Akka.Cluster.Tools.PublishSubscribe.Serialization.DistributedPubSubMessageSerializer",
                "Akka.DistributedData.Serialization.ReplicatorMessageSerializer",
            })
            Assert.Contains(serializer, known);
    }

    [Fact(DisplayName = "The production example lacks nothing but its certificate file")]
    public void Production_example()
    {
        var faults = FaultsOf(() => HostConfiguration.Load(Repository.PathOf("hocon/node-production.conf"), []));
        Assert.Equal(["akka.remote.dot-netty.tcp.ssl.certificate.path = /etc/checkpoint/ckpt-a.p12, there is no such file"], faults);
    }

    [Fact(DisplayName = "A certificate that peers would refuse, or that cannot be read, is refused at start")]
    public void Certificates()
    {
        var directory = Directory.CreateTempSubdirectory("ckpt-");
        try
        {
            using var authority = new TestAuthority(directory.FullName, "unknown");
            foreach (var (file, reason) in new[] { (authority.Issue("n"), "is not valid on this machine: "), (authority.PemFile, "cannot be read: ") })
            {
                var fault = Assert.Single(Faults($"{Node.Replace("akka.tcp:", "akka.ssl.tcp:")}\nakka.remote.dot-netty.tcp {{\n enable-ssl = on\n ssl.certificate.path = \"{file}\"\n}}"));
                Assert.StartsWith($"akka.remote.dot-netty.tcp.ssl.certificate.path = {file}, {reason}", fault);
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact(DisplayName = "Every fault is named, each by its full key")]
    public void All_faults_at_once()
    {
        var faults = Faults("""
            checkpoint {
              node-name = "two words"
              data-directory = "d"
              startup-timeout = 2
              shutdown-timeout = 5 s
              drain-timeout = 10 s
              journal { kind = mysql }
              log.file-size-max = 1 KiB
              gateway.socket = ""
              replication.detection = 100ms
              agent.tick = 1s
              unheard-of = 1
              journal.speed = fast
            }
            akka.cluster.seed-nodes = ["akka.tcp://other@127.0.0.1:1", "nonsense"]
            """);

        Assert.Equal(
            [
                "checkpoint.agent.tick = 1s, must be within 1 ms and 50 ms",
                "checkpoint.drain-timeout = 10 s, must be at most checkpoint.shutdown-timeout = 5 s",
                "checkpoint.gateway.socket must be set",
                "checkpoint.journal.file must be set",
                "checkpoint.journal.kind = mysql, must be sqlite or postgresql",
                "checkpoint.journal.speed is not a key",
                "checkpoint.log.file-size-max = 1 KiB, must be within 65536 and 1073741824 bytes",
                "checkpoint.node-name = two words, must be",
                "checkpoint.replication.detection = 100ms, must be at least 3 times checkpoint.replication.heartbeat = 75ms",
                "checkpoint.startup-timeout = 2, must be a duration",
                "checkpoint.unheard-of is not a key",
                "akka.cluster.seed-nodes: akka.tcp://other@127.0.0.1:1 must name the system checkpoint",
                "akka.cluster.seed-nodes: nonsense is not an address",
                "akka.remote.dot-netty.tcp.hostname must be set",
                "akka.remote.dot-netty.tcp.port = , must be",
            ],
            faults.Order(StringComparer.Ordinal).OrderByDescending(f => f[0]), // checkpoint's, then Akka's
            (expected, actual) => actual.StartsWith(expected, StringComparison.Ordinal));
    }

    [Theory(DisplayName = "An address that other machines reach needs mutual TLS or insecure-network")]
    [InlineData("", 1)]
    [InlineData("checkpoint.insecure-network = on", 0)]
    [InlineData("akka.remote.dot-netty.tcp.enable-ssl = true", 0)]
    [InlineData("akka.remote.dot-netty.tcp { enable-ssl = true\n ssl.require-mutual-authentication = false }", 1)]
    [InlineData("akka.remote.dot-netty.tcp { enable-ssl = true\n ssl.suppress-validation = true }", 1)]
    public void Network_rules(string more, int faults)
    {
        var address = "akka.remote.dot-netty.tcp.hostname = \"192.0.2.1\"\n";
        Assert.Equal(faults, Faults(Node + "\n" + address + more).Count(fault => fault.Contains("needs mutual TLS")));
        Assert.Equal(faults, Faults(Node + "\nakka.remote.dot-netty.tcp.public-hostname = \"192.0.2.1\"\n" + more).Count(fault => fault.Contains("needs mutual TLS")));
    }

    [Fact(DisplayName = "A SQLite journal is refused when a seed is on another machine; PostgreSQL is not")]
    public void Sqlite_with_a_remote_seed()
    {
        var remote = Node + "\nakka.cluster.seed-nodes = [\"akka.tcp://checkpoint@127.0.0.1:4711\", \"akka.tcp://checkpoint@192.0.2.7:4711\"]\n";
        Assert.Contains("192.0.2.7", Assert.Single(Faults(remote)), StringComparison.Ordinal);

        var postgres = "checkpoint.journal { kind = postgresql\n file = \"\"\n connection-string = \"Host=db;Username=u;Database=d\" }";
        Assert.Empty(Faults(remote + postgres));
    }

    [Fact(DisplayName = "The faults block is refused unless it is enabled")]
    public void Fault_block()
    {
        Assert.Equal("checkpoint.faults has faults in it, but faults.enabled is not on", Assert.Single(Faults(Node + "\ncheckpoint.faults.stall = 1s")));

        var enabled = HostConfiguration.From(Parse(Node + "\ncheckpoint.faults { enabled = on\n stall = 1s\n drop = 0.25\n clock-offset = -2h }"));
        Assert.Equal(new FaultSettings(TimeSpan.FromSeconds(1), 0.25, 1, false, TimeSpan.FromHours(-2)), enabled.Options.Faults);
    }

    [Fact(DisplayName = "A socket path longer than the kernel's limit is refused with its length")]
    public void Long_socket_path()
    {
        var fault = Assert.Single(Faults(Node + $"\ncheckpoint.gateway.socket = \"/{new string('s', 120)}\""));
        Assert.Contains("121 bytes, must be at most 107", fault, StringComparison.Ordinal);
    }

    private static List<string> Faults(string hocon) => NodeText.Faults(hocon);

    private static Config Parse(string hocon) => NodeText.Parse(hocon);

    private static List<string> FaultsOf(Func<HostConfiguration> load) => NodeText.FaultsOf(load);
}
