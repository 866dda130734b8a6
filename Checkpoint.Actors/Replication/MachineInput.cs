using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>Everything that can happen to a <see cref="HostMachine"/>. Inputs are taken one at a time, in the order in which they happened.</summary>
public abstract record MachineInput
{
    /// <summary>Time has passed. At least every <see cref="MachineOptions.TickInterval"/>; the first one starts the machine.</summary>
    public sealed record Tick : MachineInput
    {
        public static readonly Tick Instance = new();
    }

    /// <summary>A whole message from another host's agent, as sent by <see cref="MachineOutput.Send"/> there.</summary>
    public sealed record FromHost(HostId From, HostMessage Message) : MachineInput;

    /// <summary>A command of an actor of this host. Answered by exactly one <see cref="MachineOutput.Reply"/>, at the latest shortly after its deadline.</summary>
    /// <param name="Caller">Opaque; given back in Reply and Push. Compared by Equals (an IActorRef is right).</param>
    public sealed record Local(ReplicaAgentProtocol.ICommand Command, object Caller) : MachineInput;

    /// <summary>Cluster gossip changed. Whole sets each time, of members with the role <c>checkpoint</c> only, this host included.</summary>
    /// <param name="Up">Members Up (or Joining to be Up soon is NOT enough; Leaving and Exiting ones are not Up).</param>
    /// <param name="Unreachable">Those of them that Akka's failure detector holds unreachable. A hint only: the machine has its own heartbeats.</param>
    public sealed record Membership(IReadOnlyCollection<HostId> Up, IReadOnlyCollection<HostId> Unreachable) : MachineInput;

    /// <summary>
    /// Certain knowledge: this run of this host is over (the machine's kernel says so, fencing, or the operator's force).
    /// A new uid at a known address need not be told: the machine sees it in <see cref="Membership"/>.
    /// </summary>
    public sealed record KnownDead(HostId Host, string Why) : MachineInput;

    /// <summary>The host left gracefully and its process no longer serves (it was removed after Exiting, without being downed). As good as known dead.</summary>
    public sealed record Left(HostId Host) : MachineInput;

    /// <summary>A closed socket, a DisassociatedEvent: a reason to ask (<see cref="MachineOutput.Probe"/>) and to propose, not knowledge.</summary>
    public sealed record Suspect(HostId Host) : MachineInput;

    /// <summary>Answer to <see cref="MachineOutput.ReadViews"/>: the newest row of the journal, or null when there is none. May also come unasked.</summary>
    public sealed record ViewRow(View? Row) : MachineInput;

    /// <summary>Answer to <see cref="MachineOutput.AppendView"/>.</summary>
    /// <param name="Won">The row is in the journal. When false somebody else's has that number, or the outcome is unknown.</param>
    /// <param name="Newest">The newest row of the journal as read after the attempt (own or other); null when it could not be read.</param>
    public sealed record ViewAppended(long Number, bool Won, View? Newest) : MachineInput;

    /// <summary>A ReadViews or AppendView failed because the journal is away; nothing is known of its outcome. The machine tries again by itself.</summary>
    public sealed record JournalAway : MachineInput
    {
        public static readonly JournalAway Instance = new();
    }

    /// <summary>Answer to <see cref="MachineOutput.Continue"/>: one more slice of what is too much for one step.</summary>
    public sealed record Continue : MachineInput
    {
        public static readonly Continue Instance = new();
    }

    /// <summary>The actor behind this caller stopped: its tracking ends, and nothing more is told to it.</summary>
    public sealed record Forget(object Caller) : MachineInput;

    /// <summary>
    /// This host has no memory for sections that grow, or has it again. While it has none, no orderer of the view lets a section or a checkpoint
    /// be created or a section grow (NO_MEMORY); what needs no more than there is goes on, fills of newcomers too.
    /// </summary>
    public sealed record Memory(bool IsExhausted) : MachineInput;

    /// <summary>
    /// The last step of a graceful leave, after <see cref="ReplicaAgentProtocol.DrainHost"/>: this host answers nothing from now on and tells the others
    /// that it is out, so that they need not wait for its lease. Keep ticking for some heartbeats so that the others hear of it.
    /// </summary>
    public sealed record Retire : MachineInput
    {
        public static readonly Retire Instance = new();
    }
}
