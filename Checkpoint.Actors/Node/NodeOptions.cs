using Akka.Configuration;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Map;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Node;

/// <summary>What a node is started with.</summary>
/// <param name="NodeName">What operators call it.</param>
/// <param name="DrainTimeout">How long handing over the orderers may take in a graceful leave.</param>
public sealed record NodeOptions(string NodeName, AgentOptions Agent, CheckpointEntityOptions Entities, TimeSpan DrainTimeout)
{
    public required MachineOptions Machine { get; init; }

    public SectionMapOptions Map { get; init; } = SectionMapOptions.Default;

    public FaultSwitch Faults { get; init; } = FaultSwitch.Off;

    public SessionOptions Sessions { get; init; } = SessionOptions.Defaults;

    /// <summary>See <see cref="NodeServices.ProvesUnwritten"/>.</summary>
    public Func<Exception, bool> ProvesUnwritten { get; init; } = _ => false;

    /// <summary>What the map's buckets follow from; null: what the machine may hold. Equal on all hosts.</summary>
    public long? MapBytes { get; init; }

    /// <summary>For <c>status</c>: what was compared with what the process may have.</summary>
    public IReadOnlyList<SessionProtocol.LimitRow> Limits { get; init; } = [];

    /// <summary>For <c>status</c>: what kind of journal the hosts share.</summary>
    public string Journal { get; init; } = "";

    /// <exception cref="ConfigurationFaultsException">Names every fault.</exception>
    public static NodeOptions From(string nodeName, MachineOptions machine, Config root) =>
        OptionsReader.Read(root, reader => Read(nodeName, machine, reader));

    /// <summary>Reads everything; what is wrong is noted in the reader's faults.</summary>
    public static NodeOptions Read(string nodeName, MachineOptions machine, OptionsReader reader) => new(
        nodeName,
        AgentOptions.Read(reader),
        CheckpointEntityOptions.Read(reader),
        reader.Duration("drain-timeout", TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(5)))
    {
        Machine = machine,
        Sessions = SessionOptions.Read(reader),
        Journal = reader.Text("journal.kind"),
    };
}
