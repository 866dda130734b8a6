using Akka.Configuration;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Map;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;

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

    /// <summary>For <c>status</c>: what kind of journal the hosts share.</summary>
    public string Journal { get; init; } = "";

    /// <param name="machine">Read by the host, so that its faults come in one message with all others.</param>
    /// <param name="root">Defaults are filled in.</param>
    /// <exception cref="ConfigurationException">Names every bad key in one message.</exception>
    public static NodeOptions From(string nodeName, MachineOptions machine, Config root)
    {
        var whole = root.WithFallback(CheckpointReference.Defaults());
        return new NodeOptions(nodeName, AgentOptions.From(whole), CheckpointEntityOptions.From(whole), whole.GetTimeSpan("checkpoint.drain-timeout"))
        {
            Machine = machine,
            Sessions = SessionOptions.From(whole),
            Journal = whole.GetString("checkpoint.journal.kind"),
        };
    }
}
