using Akka.Configuration;
using Checkpoint.Actors.Configuration;
using Checkpoint.Host.Configuration;
using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Host.Configuration;

/// <summary>A node's file that is right, and the faults of one that is not.</summary>
internal static class NodeText
{
    public const string Right = """
        checkpoint { node-name = n, data-directory = "d", journal.file = "d/j.db" }
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 4711 }
        akka.cluster.seed-nodes = ["akka.tcp://checkpoint@127.0.0.1:4711"]

        """;

    /// <summary>What is said of the right file with more text behind it.</summary>
    public static List<string> FaultsWith(string more) => Faults(Right + more);

    public static List<string> Faults(string hocon) => FaultsOf(() => HostConfiguration.From(Parse(hocon)));

    /// <summary>What every node's file includes.</summary>
    private static Config Included { get; } = new HoconFiles([]).Load(Repository.PathOf("hocon/host.conf"));

    /// <summary>Akka's parser takes a comma for a part of an unquoted text.</summary>
    public static Config Parse(string hocon) => ParseExactly(hocon.Replace(", ", "\n").Replace("}", "\n}").Replace("{", "{\n"));

    public static Config ParseExactly(string hocon) => ConfigurationFactory.ParseString(hocon).WithFallback(Included);

    public static List<string> FaultsOf(Func<HostConfiguration> load)
    {
        try
        {
            load();
            return [];
        }
        catch (ConfigurationFaultsException e)
        {
            return [.. e.Faults];
        }
    }
}
