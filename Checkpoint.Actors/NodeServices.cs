using Akka.Actor;
using Checkpoint.Actors.Node;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;

namespace Checkpoint.Actors;

/// <summary>What every actor of a node may need of the node: given by constructor, made once by the node guardian.</summary>
/// <param name="Self">This run of this host.</param>
/// <param name="NodeName">The <c>node-name</c> that operators know it by.</param>
/// <param name="Clock">The node's one clock: wall time for AIS times, <see cref="TimeProvider.GetTimestamp"/> for deadlines and leases, in nanoseconds.</param>
public sealed record NodeServices(HostId Self, string NodeName, TimeProvider Clock)
{
    public TimeProvider Clock { get; } = NanosecondClock.Of(Clock);

    /// <summary>The host's ReplicaAgent; set before any session or entity starts.</summary>
    public IActorRef Agent { get; init; } = ActorRefs.Nobody;

    /// <summary>What this host holds, for reads and writes that need no actor; null where all ask the agent.</summary>
    public MachineGate? Machine { get; init; }

    /// <summary>Whom to ask for a checkpoint: a command goes to the shard region of the CheckpointActors until it is answered.</summary>
    public IActorRef Checkpoints { get; init; } = ActorRefs.Nobody;

    /// <summary>Whether this failure of the journal proves that none of the rows is in it. Nothing does, for journals that nobody knows.</summary>
    public Func<Exception, bool> ProvesUnwritten { get; init; } = _ => false;

    /// <summary>What the clients of this host may hold of its memory.</summary>
    public TransitBudgets Transit { get; init; } = new(SessionOptions.Defaults.NodeInFlightBytesMax, Clock);

    /// <summary>The host's session registry.</summary>
    public IActorRef Sessions { get; init; } = ActorRefs.Nobody;
}
