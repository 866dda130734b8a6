using Checkpoint.Actors.Map;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>Everything that a <see cref="HostMachine"/> wants done. To be carried out in order.</summary>
public abstract record MachineOutput
{
    /// <summary>Give it to the link to that host. May be dropped when there is no link; never to be kept for a later process at that address.</summary>
    public sealed record Send(HostId To, HostMessage Message) : MachineOutput;

    /// <summary>The one reply to a <see cref="MachineInput.Local"/>.</summary>
    public sealed record Reply(object Caller, ReplicaAgentProtocol.IReply Message) : MachineOutput;

    /// <summary>To a tracker: <see cref="ReplicaAgentProtocol.Update"/> or <see cref="ReplicaAgentProtocol.Gone"/>.</summary>
    public sealed record Push(object Caller, object Message) : MachineOutput;

    /// <summary>Write this row under its number, which must not exist. Answer: ViewAppended or JournalAway. At most one is outstanding, and no row is written in parallel to a read.</summary>
    public sealed record AppendView(View Row) : MachineOutput;

    /// <summary>Read the newest row. Answer: ViewRow or JournalAway.</summary>
    public sealed record ReadViews : MachineOutput
    {
        public static readonly ReadViews Instance = new();
    }

    /// <summary>
    /// Work is left over. Answer <see cref="MachineInput.Continue"/> once, behind the inputs that wait by then. At most one is outstanding.
    /// </summary>
    public sealed record Continue : MachineOutput
    {
        public static readonly Continue Instance = new();
    }

    /// <summary>A <see cref="SectionMapProtocol"/> message for this host's section map.</summary>
    public sealed record Map(object Message) : MachineOutput;

    /// <summary>For the EventStream: <see cref="ReplicaAgentProtocol.ViewServing"/>, <see cref="ReplicaAgentProtocol.HoldsAll"/>, <see cref="ReplicaAgentProtocol.LeftOut"/> or <see cref="ReplicaAgentProtocol.Ordering"/>.</summary>
    public sealed record Publish(object Event) : MachineOutput;

    /// <summary>A view was adopted (it need not serve yet): links to its hosts are wanted, and what it left out may be downed in the cluster.</summary>
    public sealed record Adopted(View View) : MachineOutput;

    /// <summary>Ask the kernel whether that host's process lives, if it is on this machine. Answer KnownDead, or nothing. Repeated while it matters.</summary>
    public sealed record Probe(HostId Host) : MachineOutput;

    /// <summary>A line for the log.</summary>
    public sealed record Log(LogLevel Level, string Text) : MachineOutput;

    public enum LogLevel
    {
        Debug,
        Info,
        Warning,
        Error,
    }
}
