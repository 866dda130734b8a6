using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Replication.Links;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// Drives the pure <see cref="HostMachine"/> of this host: everything that happens becomes an input, and what the machine wants done is
/// done. It decides nothing. Only this actor steps the machine; in between other threads read it, and write what concerns no other host
/// (<see cref="MachineGate"/>).
/// <code>
///   clock, agents of other hosts, actors of this host, cluster gossip, kernel, journal --input--> HostMachine --output--> links, callers,
///                                                                                     journal, map, EventStream
/// </code>
/// An exception of the machine is a broken invariant: the actor stops, and with it the host.
/// </summary>
public sealed partial class ReplicaAgent : UntypedActor
{
    /// <summary>The agents of all hosts find each other by it.</summary>
    public const string Path = "/user/checkpoint/agent";

    private const string Dispatcher = "checkpoint-agent-dispatcher";

    private static readonly TimeSpan ForgetLinkAfter = TimeSpan.FromSeconds(60);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly MachineGate _machine;
    private readonly HostId _self;
    private readonly TimeProvider _clock;
    private readonly AgentOptions _options;
    private readonly AgentNeighbours _neighbours;
    private readonly FaultSwitch _faults;
    private readonly MemoryWatch _memory = MemoryWatch.OfProcess();
    private readonly HostLinks _links;
    private readonly StalledFrames _stalled = new();
    private readonly ClusterWatch _members;
    private readonly List<MachineOutput> _outputs = [];
    private readonly HashSet<HostId> _probing = [];
    private readonly HashSet<IActorRef> _trackers = [];
    private Metronome? _ticks;
    private int _tickWaits;
    private long _badFrames;
    private bool _isOutOfMemory;

    /// <param name="clock">Its timestamps are nanoseconds.</param>
    public ReplicaAgent(
        MachineGate machine, HostId self, TimeProvider clock, AgentOptions options, AgentNeighbours neighbours, FaultSwitch faults)
    {
        (_machine, _self, _clock, _options, _neighbours, _faults) = (machine, self, clock, options, neighbours, faults);
        _members = new ClusterWatch(Cluster.Get(Context.System));
        _links = new HostLinks(
            self, (ExtendedActorSystem)Context.System, Path, options.ParcelTimeout.Ticks * 100, ForgetLinkAfter.Ticks * 100);
    }

    public static Props Props(
        MachineGate machine, HostId self, TimeProvider clock, AgentOptions options, AgentNeighbours neighbours, FaultSwitch faults) =>
        Akka.Actor.Props.Create(() => new ReplicaAgent(machine, self, clock, options, neighbours, faults)).WithDispatcher(Dispatcher);

    protected override void PreStart()
    {
        _members.Subscribe(Self);
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        var self = Self;

        _ticks = new Metronome(_options.Tick, () =>
        {
            // One tick in the mailbox at a time: an agent that is behind must not be buried in them.
            if (Interlocked.Exchange(ref _tickWaits, 1) == 0)
                self.Tell(TimePassed.Instance);
        });
    }

    protected override void PostStop()
    {
        _machine.Close();
        _ticks?.Dispose();
        _members.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LinkBytes frame:
                OnFrame(frame);
                break;
            case ReplicaAgentProtocol.ICommand command:
                OnCommand(command);
                break;
            case TimePassed:
                OnTick();
                break;
            case GoOn:
                Step(MachineInput.Continue.Instance);
                break;
            case ViewJournalProtocol.Rows rows:
                Step(new MachineInput.ViewRow(Newest(rows.Kept)));
                break;
            case ViewJournalProtocol.Appended appended:
                Step(new MachineInput.ViewAppended(appended.Number, appended.Won, Newest(appended.Kept)));
                break;
            case ViewJournalProtocol.Away away:
                _log.Warning("The journal of views is away: {0}", away.Reason);
                Step(MachineInput.JournalAway.Instance);
                break;
            case Probed probed:
                OnProbed(probed);
                break;
            case Terminated stopped:
                _trackers.Remove(stopped.ActorRef);
                Step(new MachineInput.Forget(stopped.ActorRef));
                break;
            case RetireNow:
                Step(MachineInput.Retire.Instance);
                Sender.Tell(RetireNow.Instance);
                break;
            default:
                OnClusterOrRemoting(message);
                break;
        }
    }

    private void OnClusterOrRemoting(object message)
    {
        switch (message)
        {
            case ClusterEvent.IClusterDomainEvent change:
                foreach (var input in _members.Inputs(change))
                    Step(input);
                break;
            case DisassociatedEvent closed:
                OnClosed(closed.RemoteAddress);
                break;
            case AssociationErrorEvent failed:
                OnClosed(failed.RemoteAddress);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnTick()
    {
        Volatile.Write(ref _tickWaits, 0);
        var now = _clock.GetTimestamp();
        _memory.Tick(now);
        while (_stalled.TryTake(now, out var frame))
            Handle(frame);
        Step(MachineInput.Tick.Instance);
        _links.Tick(now);
    }

    private void OnFrame(LinkBytes frame)
    {
        if (_faults.LosesThisOne())
            return;
        var stall = _faults.Settings.Stall;
        if (stall > TimeSpan.Zero || !_stalled.IsEmpty)
            _stalled.Add(frame, _clock.GetTimestamp() + (stall.Ticks * 100));
        else
            Handle(frame);
    }

    private void Handle(LinkBytes frame)
    {
        if (Receive(frame) is { } received)
            Step(new MachineInput.FromHost(received.From, received.Message));
    }

    private (HostId From, HostMessage Message)? Receive(LinkBytes frame)
    {
        try
        {
            return _links.Receive(frame, _clock.GetTimestamp());
        }
        catch (Exception e)
        {
            // Another version, or not one of us, or bytes that our decoder is not proof against: lost, like any frame. The machine does not
            // learn of it; whoever sent it is told nothing.
            if (++_badFrames is 1 or 100 or 10_000)
                _log.Warning("Dropped a frame of {0} bytes from another host: {1} ({2} so far)", frame.Bytes.Length, SetAsideText.Of(e), _badFrames);
            return null;
        }
    }

    private void OnCommand(ReplicaAgentProtocol.ICommand command)
    {
        if (command is ReplicaAgentProtocol.Track && _trackers.Add(Sender))
            Context.Watch(Sender);
        Step(new MachineInput.Local(command, Sender));
    }

    private void OnClosed(Address address)
    {
        if (_members.At(HostIds.Of(address)) is { } host)
            Step(new MachineInput.Suspect(host));
    }

    private void OnProbed(Probed probed)
    {
        _probing.Remove(probed.Host);
        if (probed.IsDead)
            Step(new MachineInput.KnownDead(probed.Host, "its port refuses connections: this machine's kernel has no such process"));
    }

    private void Step(MachineInput input)
    {
        if ((_faults.Settings.NoMemory || _memory.IsExhausted) is var isExhausted && isExhausted != _isOutOfMemory)
        {
            if (_memory.IsExhausted || !_faults.Settings.NoMemory)
                _log.Warning(isExhausted
                    ? "This host's heap is nearly as large as it may become: creates and growing writes get NO_MEMORY."
                    : "This host has memory for sections that grow again.");
            _isOutOfMemory = isExhausted; // Before the input: who was told that the fault is on, or off, finds it so.
            Step(new MachineInput.Memory(isExhausted));
        }

        _machine.Step(input, _outputs);
        foreach (var output in _outputs)
            CarryOut(output);
        _outputs.Clear();
    }

    private static View? Newest(IReadOnlyList<ViewRow> rows) => rows.Count == 0 ? null : ViewCodec.Decode(rows[^1].Encoded);

    /// <summary>The last step of a graceful leave; answered by itself.</summary>
    public sealed record RetireNow
    {
        public static readonly RetireNow Instance = new();
    }

    private sealed record TimePassed
    {
        public static readonly TimePassed Instance = new();
    }

    private sealed record GoOn
    {
        public static readonly GoOn Instance = new();
    }

    private sealed record Probed(HostId Host, bool IsDead);
}
