using System.Text;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Replication;
using Checkpoint.Host.Gateway;

namespace Checkpoint.Host.Configuration;

/// <summary>Typed view of the <c>checkpoint</c> block; checkpoint.reference.conf says why each default.</summary>
public sealed record HostOptions
{
    /// <summary>A path of a Unix socket is that long at most, its final zero not counted (sun_path of Linux).</summary>
    private const int SocketPathBytesMax = 107;

    private const int NodeNameCharsMax = 64;

    /// <value>1 to 64 characters of A-Z a-z 0-9 . _ -</value>
    public required string NodeName { get; init; }

    /// <value>An absolute path.</value>
    public required string DataDirectory { get; init; }

    public required bool InsecureNetwork { get; init; }

    /// <value>1 s to 1 h.</value>
    public required TimeSpan StartupTimeout { get; init; }

    /// <value>1 s to 10 min, at least <see cref="DrainTimeout"/>.</value>
    public required TimeSpan ShutdownTimeout { get; init; }

    /// <value>0.1 s to 5 min.</value>
    public required TimeSpan DrainTimeout { get; init; }

    public required JournalOptions Journal { get; init; }

    public required LogOptions Log { get; init; }

    /// <value>An absolute path of at most 107 bytes.</value>
    public required string SocketPath { get; init; }

    public required GatewayOptions Gateway { get; init; }

    public required ReplicationOptions Replication { get; init; }

    /// <value>1 ms to 50 ms.</value>
    public required TimeSpan Tick { get; init; }

    /// <value>Null: faults are not enabled.</value>
    public required FaultSettings? Faults { get; init; }

    /// <summary>Reads everything; what is wrong is noted in the reader's faults.</summary>
    public static HostOptions Read(OptionsReader reader)
    {
        var here = Directory.GetCurrentDirectory();
        var dataDirectory = PathRules.Folder(reader, "data-directory", reader.Required("data-directory"), here);
        var beside = reader.IsFaulty("data-directory") ? here : dataDirectory;
        var socketPath = PathRules.File(reader, "gateway.socket", reader.Required("gateway.socket"), beside);
        var options = new HostOptions
        {
            NodeName = reader.Required("node-name"),
            DataDirectory = dataDirectory,
            InsecureNetwork = reader.Switch("insecure-network"),
            StartupTimeout = reader.Duration("startup-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            ShutdownTimeout = reader.Duration("shutdown-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            DrainTimeout = reader.Duration("drain-timeout", TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(5)),
            Journal = JournalOptions.Read(reader),
            Log = LogOptions.Read(reader, beside),
            SocketPath = socketPath,
            Gateway = GatewayOptions.Read(reader, socketPath),
            Replication = ReplicationOptions.Read(reader),
            Tick = AgentOptions.Read(reader).Tick,
            Faults = FaultOptions.Read(reader),
        };

        options.CheckRelations(reader);
        return options;
    }

    private void CheckRelations(OptionsReader reader)
    {
        if (NodeName.Length > NodeNameCharsMax || NodeName.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')))
            reader.Fault("node-name", $"= {NodeName}, must be 1 to {NodeNameCharsMax} characters of A-Z a-z 0-9 . _ -");

        reader.Relate(DrainTimeout <= ShutdownTimeout, "drain-timeout", "at most", "shutdown-timeout", "it is a part of it");
        reader.Relate(Replication.Heartbeat >= Tick, "replication.heartbeat", "at least", "agent.tick", "time passes for the replication in these steps");

        if (Encoding.UTF8.GetByteCount(SocketPath) is var bytes and > SocketPathBytesMax)
            reader.Fault("gateway.socket", $"= {SocketPath}, {bytes} bytes, must be at most {SocketPathBytesMax} bytes as a whole path");

        CheckFiles(reader);
    }

    /// <summary>Each file for one purpose: the second one that is opened would destroy the first.</summary>
    private void CheckFiles(OptionsReader reader)
    {
        var taken = Lifecycle.DataDirectory.OwnFiles.ToDictionary(name => Path.Combine(DataDirectory, name), name => $"the host's {name}");
        Take("gateway.socket", SocketPath, "");
        Take("log.file", Log.File, "", ".1");
        Take("journal.file", Journal.File, "", "-wal", "-shm");

        void Take(string key, string path, params string[] suffixes)
        {
            foreach (var suffix in path.Length == 0 ? [] : suffixes)
            {
                if (!taken.TryAdd(path + suffix, $"checkpoint.{key}"))
                    reader.Fault(key, $"= {reader.Text(key)}, is the file that {taken[path + suffix]} is");
            }
        }
    }
}
