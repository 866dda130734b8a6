using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using Akka.Persistence.Sql;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Node;
using Checkpoint.Actors.Replication;
using Checkpoint.Host.Journal;
using Checkpoint.Host.Limits;

namespace Checkpoint.Host.Configuration;

/// <summary>All that a host is told: typed options for us, a whole configuration for Akka.</summary>
/// <param name="Options">What the host itself reads of the <c>checkpoint</c> block.</param>
/// <param name="Node">What the service's actors are started with.</param>
/// <param name="Seeds">Whom the host joins, once it is prepared: Akka itself would join at once.</param>
/// <param name="Akka">What the ActorSystem starts with.</param>
public sealed record HostConfiguration(HostOptions Options, NodeOptions Node, ImmutableList<Address> Seeds, Config Akka)
{
    /// <summary>The ActorSystem of every host has this name; it is in every address.</summary>
    public const string SystemName = "checkpoint";

    private static readonly string[] JournalPlugins = ["akka.persistence.journal.sql", "akka.persistence.journal.views"];

    /// <param name="file">The node's file.</param>
    /// <param name="settings">Each <c>key=value</c>, overriding the file.</param>
    /// <exception cref="ConfigurationFaultsException">Names every fault.</exception>
    public static HostConfiguration Load(string file, IEnumerable<string> settings)
    {
        List<string> faults = [];
        var own = Settings.Parse(settings, faults).WithFallback(new HoconFiles(faults).Load(file));
        if (faults.Count > 0)
            throw new ConfigurationFaultsException(faults); // What was not understood would show up as missing below.

        return From(own, ProcessLimits.Measure());
    }

    /// <param name="process">What the process may have; null: it is not asked.</param>
    /// <exception cref="ConfigurationFaultsException">Names every fault.</exception>
    public static HostConfiguration From(Config own, ProcessLimits? process = null)
    {
        List<string> faults = [.. ConfigCircles.Of(own)];
        if (faults.Count > 0)
            throw new ConfigurationFaultsException(faults); // Whoever looks at all of it would never end.

        var whole = own.WithFallback(CheckpointReference.Defaults());
        OwnKeys.Check(own, faults);
        var reader = new OptionsReader(whole, faults);
        var options = HostOptions.Read(reader);
        var node = NodeOf(options, reader);
        AkkaKeys.Check(own, faults);
        AkkaRules.Check(own, JournalPlugins, faults);
        NetworkRules.Check(own, options, faults);
        if (faults.Count > 0)
            throw new ConfigurationFaultsException(faults);

        var seeds = own.GetStringList(NetworkRules.Seeds).Select(Address.Parse).ToImmutableList();
        var configuration = new HostConfiguration(options, node, seeds, ForAkka(whole, options.Journal));
        if (process is not null)
            configuration = new LimitRules(process, own.HasPath, faults).Apply(configuration);
        return faults.Count == 0 ? configuration : throw new ConfigurationFaultsException(faults);
    }

    private static NodeOptions NodeOf(HostOptions options, OptionsReader reader) => NodeOptions.Read(
        options.NodeName, options.Replication.ForMachine(AgentOptions.Read(reader)), reader) with
    {
        ProvesUnwritten = JournalErrors.ProveUnwritten,
        Faults = options.Faults is { } faults ? new FaultSwitch(faults) : FaultSwitch.Off,
    };

    private static Config ForAkka(Config configuration, JournalOptions journal)
    {
        var text = string.Join('\n', JournalPlugins.Select(plugin =>
            $"{plugin} {{\n  provider-name = \"{journal.ProviderName}\"\n  connection-string = {Quoted(journal.ConnectionString)}\n}}"));

        return ConfigurationFactory.ParseString($"{NetworkRules.Seeds} = []\n{text}")
            .WithFallback(configuration)
            .WithFallback(CheckpointReference.Actors())
            .WithFallback(SqlPersistence.DefaultConfiguration)
            .WithFallback(ExtensionDefaults());
    }

    /// <summary>
    /// Akka's extensions bring their serializers when they are first used. Members of the cluster do not wait for that: a host that returns to its
    /// address is sent their messages at once, and must know how to read them.
    /// </summary>
    public static Config ExtensionDefaults() => ClusterSharding.DefaultConfig()
        .WithFallback(ClusterSingleton.DefaultConfig())
        .WithFallback(DistributedData.DefaultConfig())
        .WithFallback(ClusterClientReceptionist.DefaultConfig())
        .WithFallback(DistributedPubSub.DefaultConfig());

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
}
