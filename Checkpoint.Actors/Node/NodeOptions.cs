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
    public MachineOptions Machine { get; init; } = MachineOptions.Default;

    public SectionMapOptions Map { get; init; } = SectionMapOptions.Default;

    public FaultSwitch Faults { get; init; } = FaultSwitch.Off;

    public SessionOptions Sessions { get; init; } = SessionOptions.Defaults;

    /// <summary>For <c>status</c>: what kind of journal the hosts share.</summary>
    public string Journal { get; init; } = "";

    /// <param name="root">Defaults are filled in.</param>
    /// <exception cref="ConfigurationException">Names every bad key in one message.</exception>
    public static NodeOptions From(string nodeName, Config root)
    {
        var whole = root.WithFallback(CheckpointReference.Defaults());
        return new NodeOptions(nodeName, AgentOptions.From(whole), CheckpointEntityOptions.From(whole), whole.GetTimeSpan("checkpoint.drain-timeout"))
        {
            Sessions = SessionOptions.From(whole),
            Journal = whole.GetString("checkpoint.journal.kind"),
        };
    }
}
