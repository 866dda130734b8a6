using Akka.Configuration;

namespace Checkpoint.Actors.Configuration;

/// <summary>The configuration text that ships inside the programs: <c>hocon/*.conf</c> of the repository, embedded by link.</summary>
public static class CheckpointReference
{
    /// <summary>The defaults of the <c>checkpoint</c> block, the only place where they stand.</summary>
    public const string FileName = "checkpoint.reference.conf";

    /// <summary>The defaults, parsed.</summary>
    public static Config Defaults() => ConfigurationFactory.ParseString(Text(FileName));

    /// <summary>Cluster, remoting, sharding and map settings as every host has them; for systems made without files.</summary>
    public static Config Cluster() => ConfigurationFactory.ParseString(Text("cluster.conf"));

    /// <summary>Journal settings as every host has them, still without connection strings.</summary>
    public static Config Persistence() => ConfigurationFactory.ParseString(Text("persistence.conf"));

    /// <summary>How the service's actors are wired into Akka: serializers, downing, supervision. The same on every host.</summary>
    public static Config Actors() => ConfigurationFactory.ParseString(Text("actors.conf"));

    /// <summary>An embedded file's text.</summary>
    /// <exception cref="FileNotFoundException">No such file is embedded.</exception>
    public static string Text(string fileName)
    {
        using var stream = typeof(CheckpointReference).Assembly.GetManifestResourceStream(fileName)
            ?? throw new FileNotFoundException($"{fileName} is not embedded", fileName);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
