using System.Reflection;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Client;
using Akka.Configuration;
using Akka.DistributedData;
using Akka.Persistence;
using Akka.Persistence.Sql;
using Akka.Remote;

namespace Checkpoint.Host.Configuration;

/// <summary>The reference files of Akka and of its modules that a host loads: every key that they know, with its default.</summary>
internal static class AkkaReference
{
    private static readonly Assembly[] Modules =
    [
        typeof(ActorSystem).Assembly,
        typeof(RemoteSettings).Assembly,
        typeof(Akka.Cluster.Cluster).Assembly,
        typeof(Akka.Coordination.Lease).Assembly,
        typeof(ClusterClientReceptionist).Assembly,
        typeof(ClusterSharding).Assembly,
        typeof(DistributedData).Assembly,
        typeof(Persistence).Assembly,
        typeof(SqlPersistence).Assembly,
        typeof(Akka.Streams.ActorMaterializer).Assembly,
    ];

    /// <summary>Keys that the modules read and whose defaults stand in code.</summary>
    private const string Unlisted = """
        akka.coordinated-shutdown.phases.cluster-exiting.recover = on
        akka.remote.dot-netty.tcp.ssl.certificate.flags = []
        akka.actor.default-dispatcher.channel-executor.priority = normal
        akka.actor.default-dispatcher.dedicated-thread-pool {
          thread-count = 3
          threadtype = background
          deadlock-timeout = 3s
          apartment = ""
        }
        """;

    private static readonly Lazy<Config> Parsed = new(() => ConfigurationFactory.ParseString(Text()));

    public static Config Config => Parsed.Value;

    /// <summary>As one text: some substitute blocks of others.</summary>
    private static string Text() => string.Join('\n', Modules.Distinct().SelectMany(module => module.GetManifestResourceNames()
        .Where(name => name.EndsWith(".conf", StringComparison.Ordinal))
        .Select(name => Read(module, name))).Append(Unlisted));

    private static string Read(Assembly module, string name)
    {
        using var reader = new StreamReader(module.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
