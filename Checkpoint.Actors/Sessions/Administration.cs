using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// One administration command: asks the agent, the registry and, where openers matter, the entity, and tells the Session one
/// <see cref="Done"/>. It ends with that, or at the command's deadline.
/// </summary>
public sealed class Administration : ReceiveActor
{
    private readonly SessionSetup _setup;
    private readonly SessionEffect.Administer _order;
    private readonly IActorRef _session;
    private readonly ITimer _deadline;
    private ReplicaAgentProtocol.AgentStatus? _status;
    private SessionRegistry.Nodes? _nodes;
    private HostId? _draining;

    public Administration(SessionSetup setup, SessionEffect.Administer order, IActorRef session)
    {
        (_setup, _order, _session) = (setup, order, session);
        var self = Self;
        _deadline = setup.Node.Clock.CreateTimer(_ => self.Tell(TooLate.Instance), null, Patience(), Timeout.InfiniteTimeSpan);

        Receive<ReplicaAgentProtocol.AgentStatus>(status => Have(() => _status = status));
        Receive<SessionRegistry.Nodes>(nodes => Have(() => _nodes = nodes));
        Receive<ReplicaAgentProtocol.IReply>(reply => Finish(reply.Status, reply.Reason));
        Receive<CheckpointProtocol.IReply>(OnEntity);
        Receive<NodeProtocol.Draining>(OnDraining);
        Receive<ClusterEvent.MemberRemoved>(
            gone => MemberHost.Of(gone.Member.UniqueAddress) == _draining, _ => Finish(AisStatus.Ok));
        Receive<TooLate>(_ => Finish(AisStatus.Timeout, "no answer within the deadline"));
        Receive<ClusterEvent.MemberRemoved>(_ => { }); // Other members that go.
    }

    public static Props Props(SessionSetup setup, SessionEffect.Administer order, IActorRef session) =>
        Akka.Actor.Props.Create(() => new Administration(setup, order, session));

    protected override void PreStart()
    {
        _setup.Node.Agent.Tell(new ReplicaAgentProtocol.GetAgentStatus(0), Self);
        _setup.Registry.Tell(new SessionRegistry.GetNodes(), Self);
    }

    protected override void PostStop()
    {
        _deadline.Dispose();
        if (_draining is not null)
            Cluster.Get(Context.System).Unsubscribe(Self);
    }

    private TimeSpan Patience()
    {
        var left = (_order.Deadline - _setup.Node.Clock.GetTimestamp()) / 100;
        return TimeSpan.FromTicks(Math.Clamp(left, 0, TimeSpan.FromHours(1).Ticks));
    }

    private void Have(Action keep)
    {
        keep();
        if (_status is { } status && _nodes is { } nodes)
            Begin(new NodeReport(_setup, status, nodes));
    }

    private void Begin(NodeReport report)
    {
        switch (_order.Command)
        {
            case SessionProtocol.GetNodeStatus:
                Finish(AisStatus.Ok, body: report.NodeStatus(Cluster.Get(Context.System).State));
                break;
            case SessionProtocol.GetNodeLimits:
                Finish(AisStatus.Ok, body: new SessionProtocol.NodeLimits(_setup.Settings.NodeLimits));
                break;
            case SessionProtocol.ListCheckpoints:
                Finish(AisStatus.Ok, body: report.List());
                break;
            case SessionProtocol.ShowCheckpoint show:
                _setup.Node.Checkpoints.Tell(new CheckpointProtocol.Describe(show.Name, _order.Number, WallDeadline()) { Asker = _setup.Id }, Self);
                break;
            case SessionProtocol.Drain drain:
                Drain(drain.NodeName);
                break;
            case SessionProtocol.InjectFault fault:
                Inject(fault, report);
                break;
            default:
                Finish(AisStatus.NotSupported, $"{_order.Command.GetType().Name} is not known to this host");
                break;
        }
    }

    private long WallDeadline() => AisTime.Now(_setup.Node.Clock) + AisTime.FromTimeSpan(Patience());

    private void OnEntity(CheckpointProtocol.IReply reply)
    {
        var name = ((SessionProtocol.ShowCheckpoint)_order.Command).Name;
        var report = new NodeReport(_setup, _status!, _nodes!);
        if (reply is CheckpointProtocol.Described described)
            Finish(AisStatus.Ok, body: report.Detail(name, described));
        else
            Finish(reply.Status, (reply as CheckpointProtocol.Refused)?.Reason ?? $"checkpoint {name} is not there");
    }

    private void Drain(string nodeName)
    {
        var host = _nodes!.Names.FirstOrDefault(entry => entry.Value == nodeName).Key;
        var cluster = Cluster.Get(Context.System);
        var member = host is null ? null : cluster.State.Members.FirstOrDefault(known => MemberHost.Of(known.UniqueAddress) == host);
        if (member is null)
        {
            Finish(AisStatus.NotExist, $"no node is called {nodeName}");
            return;
        }

        _draining = host;
        cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
        Context.ActorSelection(MemberHost.RegistryPath(member.Address)).Tell(new NodeProtocol.DrainNode(_order.Number));
    }

    /// <summary>Of this host itself the client can hear no more than that: the leave ends its session.</summary>
    private void OnDraining(NodeProtocol.Draining draining)
    {
        if (_draining == _setup.Node.Self)
            Finish(AisStatus.Ok);
    }

    private void Inject(SessionProtocol.InjectFault fault, NodeReport report)
    {
        if (ReferenceEquals(_setup.Settings.Faults, FaultSwitch.Off))
        {
            Finish(AisStatus.BadOperation, "checkpoint.faults.enabled is off on this host");
            return;
        }

        if (fault.Fault == "corrupt")
        {
            Corrupt(fault.Argument, report);
            return;
        }

        if (fault.Fault == "collect")
        {
            Collect();
            Finish(AisStatus.Ok);
            return;
        }

        if (FaultCommands.Read(fault, _setup.Settings.Faults.Settings) is { } settings)
        {
            _setup.Settings.Faults.Set(settings);
            Finish(AisStatus.Ok);
        }
        else
            Finish(AisStatus.InvalidParam, $"fault {fault.Fault} with {fault.Argument}: known are {FaultCommands.Known}");
    }

    /// <summary>
    /// No fault, but as unwelcome in service: everything stands still, so that a test can tell what the host holds from what it has not yet
    /// given back.
    /// </summary>
    private static void Collect()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.GiveBack();
        var heap = GC.GetGCMemoryInfo();
        Context.GetLogger().Info("Collected: {0} bytes of objects, {1} committed, {2} pinned.", heap.HeapSizeBytes, heap.TotalCommittedBytes, heap.PinnedObjectsCount);
    }

    /// <summary>The argument is "NAME SECTION"; names may hold blanks, these sections not.</summary>
    private void Corrupt(string argument, NodeReport report)
    {
        var blank = argument.LastIndexOf(' ');
        var name = blank > 0 ? argument[..blank] : argument;
        if (blank < 0 || name.Length == 0 || report.Find(new CheckpointName(name)) is not { } found)
        {
            Finish(AisStatus.NotExist, $"no checkpoint is called {name}");
            return;
        }

        var op = new ContentOp.Corrupt(new SectionId(argument[(blank + 1)..]));
        _setup.Node.Agent.Tell(new ReplicaAgentProtocol.Change(_order.Number, found.Incarnation, new SessionId(Guid.NewGuid()), 0, op, _order.Deadline), Self);
    }

    private void Finish(AisStatus status, string? reason = null, SessionProtocol.Result? body = null)
    {
        _session.Tell(new Done(_order.Number, status, reason, body));
        Context.Stop(Self);
    }

    internal sealed record Done(ulong Number, AisStatus Status, string? Reason, SessionProtocol.Result? Body) : INoSerializationVerificationNeeded;

    private sealed record TooLate : INoSerializationVerificationNeeded
    {
        public static readonly TooLate Instance = new();
    }
}
