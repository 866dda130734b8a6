using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Checkpoint.Actors.Configuration;

namespace Checkpoint.Host.Configuration;

/// <summary>All that a host is told: typed options for us, a whole configuration for Akka.</summary>
/// <param name="Options">The <c>checkpoint</c> block.</param>
/// <param name="Akka">What the ActorSystem starts with.</param>
public sealed record HostConfiguration(HostOptions Options, Config Akka)
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

        return From(own);
    }

    /// <exception cref="ConfigurationFaultsException">Names every fault.</exception>
    public static HostConfiguration From(Config own)
    {
        List<string> faults = [];
        var defaults = CheckpointReference.Defaults();
        var known = ConfigKeys.Below(defaults, "checkpoint");
        foreach (var key in ConfigKeys.Below(own, "checkpoint").Except(known))
            faults.Add($"checkpoint.{key} is not a key (checkpoint.reference.conf lists them)");

        var options = HostOptions.Read(new OptionsReader(own.WithFallback(defaults), faults));
        NetworkRules.Check(own, options, faults);
        if (faults.Count > 0)
            throw new ConfigurationFaultsException(faults);

        return new HostConfiguration(options, ForAkka(own.WithFallback(defaults), options.Journal));
    }

    private static Config ForAkka(Config configuration, JournalOptions journal)
    {
        var text = string.Join('\n', JournalPlugins.Select(plugin =>
            $"{plugin} {{\n  provider-name = \"{journal.ProviderName}\"\n  connection-string = {Quoted(journal.ConnectionString)}\n}}"));

        return ConfigurationFactory.ParseString(text)
            .WithFallback(configuration)
            .WithFallback(SqlPersistence.DefaultConfiguration)
            .WithFallback(ClusterSharding.DefaultConfig())
            .WithFallback(ClusterClientReceptionist.DefaultConfig())
            .WithFallback(DistributedPubSub.DefaultConfig());
    }

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
}
