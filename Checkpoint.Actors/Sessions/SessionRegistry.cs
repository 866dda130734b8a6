using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// <c>/user/checkpoint/sessions</c>: starts one <see cref="Session"/> a client, answers roll calls from what they have open, and tells the
/// registries of other hosts this node's name. A session that fails is not started again (its client gets another one); what it had
/// open is closed.
/// </summary>
public sealed class SessionRegistry : ReceiveActor
{
    public const string Name = "sessions";

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly NodeServices _node;
    private readonly SessionSettings _settings;
    private readonly OpenerDirectory _openers = new();
    private readonly Dictionary<IActorRef, SessionProtocol.SessionRow> _sessions = [];
    private readonly HashSet<IActorRef> _keepingOpens = [];
    private readonly RollCallTerms _terms;
    private readonly Dictionary<HostId, string> _nodeNames;
    private string? _closedBecause;
    private bool _leavesForGood;
    private IActorRef? _leaver;
    private long _viewNumber;

    public SessionRegistry(NodeServices node, SessionSettings settings)
    {
        (_node, _settings) = (node with { Sessions = Self }, settings);
        _terms = new RollCallTerms(node.Clock);
        _nodeNames = new Dictionary<HostId, string> { [node.Self] = node.NodeName };

        Receive<StartLocal>(OnStartLocal);
        Receive<StartRemote>(OnStartRemote);
        Receive<SessionRegistryProtocol.RollCall>(OnRollCall);
        Receive<Terminated>(OnStopped);
        Receive<KeepsOpens>(_ => _keepingOpens.Add(Sender));
        Receive<ReplicaAgentProtocol.ViewServing>(view => _viewNumber = view.ViewNumber);
        Receive<ReplicaAgentProtocol.AgentStatus>(status => _viewNumber = status.Serving ? Math.Max(_viewNumber, status.ViewNumber) : _viewNumber);
        Receive<ReplicaAgentProtocol.LeftOut>(left => (_closedBecause, _leavesForGood) = (left.Reason, true));
        Receive<ClusterEvent.MemberUp>(up => Introduce(up.Member));
        Receive<ClusterEvent.MemberRemoved>(gone => _nodeNames.Remove(MemberHost.Of(gone.Member.UniqueAddress)));
        Receive<NodeProtocol.Introduction>(OnIntroduction);
        Receive<NodeProtocol.DrainNode>(OnDrain);
        Receive<GetNodes>(_ => Sender.Tell(new Nodes(new Dictionary<HostId, string>(_nodeNames), Rows())));
        Receive<LeaveNow>(OnLeave);
    }

    public static Props Props(NodeServices node, SessionSettings settings) => Akka.Actor.Props.Create(() => new SessionRegistry(node, settings));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        _log.Error(cause, "A session failed: {0}", cause.Message);
        return Directive.Stop;
    });

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ReplicaAgentProtocol.ViewServing));
        Context.System.EventStream.Subscribe(Self, typeof(ReplicaAgentProtocol.LeftOut));
        if (Context.System.Settings.ProviderClass.Contains("Cluster", StringComparison.Ordinal))
            Cluster.Get(Context.System).Subscribe(
                Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberRemoved));
        _node.Agent.Tell(new ReplicaAgentProtocol.GetAgentStatus(0), Self);
    }

    private void OnStartLocal(StartLocal start)
    {
        if (Start(start.Hello, start.Link, out var session, out var welcome) is { } refusal)
        {
            start.Link.Send(refusal);
            start.Link.Close();
            return;
        }

        _log.Info("Session {0} of {1} on the local socket at {2}.", welcome!.Session, start.Hello.ClientName, session!.Path.Name);
    }

    private void OnStartRemote(StartRemote start)
    {
        if (Start(start.Hello, null, out var session, out var welcome) is { } refusal)
        {
            Sender.Tell(refusal);
            return;
        }

        Sender.Tell(new Admitted(Akka.Serialization.Serialization.SerializedActorPath(session!), welcome!));
        _log.Info("Session {0} of {1} over the network at {2}.", welcome!.Session, start.Hello.ClientName, session!.Path.Name);
    }

    private SessionProtocol.Farewell? Start(
        SessionProtocol.Hello hello, IClientLink? link, out IActorRef? session, out SessionProtocol.Welcome? welcome)
    {
        (session, welcome) = (null, null);
        if (_closedBecause is not null)
            return Closed(hello, link);
        if (hello.ProtocolVersion != SessionProtocol.Version)
            return new(AisStatus.Version, $"protocol version {hello.ProtocolVersion}, this host speaks {SessionProtocol.Version}");
        if (ProfileRules.For(hello.Profile, hello.RequestedVersion) is not { } rules)
            return new(AisStatus.Version, $"AIS version {hello.RequestedVersion} is not supported in profile {hello.Profile}");
        if (_sessions.Count >= _settings.Limits.SessionsMax)
            return new(AisStatus.NoResources, $"{_sessions.Count} clients, at most {_settings.Limits.SessionsMax} a host");

        var id = new SessionId(Guid.NewGuid());
        welcome = _settings.Limits.Welcome(id, _node.NodeName, _node.Self, hello.Profile, isLocal: link is not null);
        session = Context.Watch(Context.ActorOf(Session.Props(new SessionSetup(
            _node, _settings, _openers, id, rules, link, link is null ? null : welcome, Self)), id.ToString()));
        _sessions.Add(session, new SessionProtocol.SessionRow(id, hello.ClientName, 0));
        return null;
    }

    /// <summary>A program of this node has no other host: when its node is no member any more it is told so (ais-ckpt 2.11). Others go elsewhere.</summary>
    private SessionProtocol.Farewell Closed(SessionProtocol.Hello hello, IClientLink? link)
    {
        var isForGood = _leavesForGood && link is not null;
        var status = isForGood ? ProfileRules.For(hello.Profile, hello.RequestedVersion)?.Unavailable : null;
        return new(status ?? AisStatus.TryAgain, _closedBecause!);
    }

    private void OnStopped(Terminated stopped)
    {
        if (_sessions.Remove(stopped.ActorRef, out var row) && !_keepingOpens.Remove(stopped.ActorRef))
        {
            var left = _openers.Take(row.Session);
            if (left.Count > 0)
                CloseFor(row, left);
        }

        if (_sessions.Count == 0)
            _leaver?.Tell(new Left());
    }

    /// <summary>Only a session that failed leaves something behind.</summary>
    private void CloseFor(SessionProtocol.SessionRow row, IReadOnlyList<(CheckpointName Name, SessionRegistryProtocol.OpenPresent Open)> left)
    {
        _log.Warning("Session {0} of {1} left {2} opens behind; they are closed.", row.Session, row.ClientName, left.Count);
        var setup = new SessionSetup(
            _node, _settings, _openers, row.Session, ProfileRules.For(Profile.Strict, AisVersion.B22)!, new NoClient(), null, Self);
        Context.ActorOf(Session.Props(setup)).Tell(new CloseThese(left));
    }

    private void OnRollCall(SessionRegistryProtocol.RollCall call)
    {
        if (_viewNumber > 0 && _terms.Accept(call.Name, call.Term))
            Sender.Tell(new SessionRegistryProtocol.Present(
                call.Name, call.Term, call.Number, _node.Self, _viewNumber, _openers.Of(call.Name)));
    }

    private void Introduce(Member member)
    {
        if (MemberHost.Of(member.UniqueAddress) != _node.Self)
            Context.ActorSelection(MemberHost.RegistryPath(member.Address)).Tell(new NodeProtocol.Introduction(_node.Self, _node.NodeName, false));
    }

    private void OnIntroduction(NodeProtocol.Introduction introduction)
    {
        _nodeNames[introduction.Host] = introduction.NodeName;
        if (!introduction.IsAnswer)
            Sender.Tell(new NodeProtocol.Introduction(_node.Self, _node.NodeName, true));
    }

    /// <summary>The leave itself begins the coordinated shutdown, whose first phase hands the orderers over.</summary>
    private void OnDrain(NodeProtocol.DrainNode drain)
    {
        _log.Info("This host leaves: asked to drain.");
        _leavesForGood = true;
        Sender.Tell(new NodeProtocol.Draining(drain.Number));
        var cluster = Cluster.Get(Context.System);
        cluster.Leave(cluster.SelfAddress);
    }

    private void OnLeave(LeaveNow leave)
    {
        _closedBecause ??= "the host leaves";
        _leaver = Sender;
        foreach (var session in _sessions.Keys)
            session.Tell(leave with { IsForGood = _leavesForGood });
        if (_sessions.Count == 0)
            Sender.Tell(new Left());
    }

    private List<SessionProtocol.SessionRow> Rows() =>
        _sessions.Values.Select(row => row with { Handles = _openers.CountOf(row.Session) }).ToList();

    /// <summary>A client of the local socket has said hello. The answer goes to its link: Welcome, or Farewell and the end.</summary>
    public sealed record StartLocal(SessionProtocol.Hello Hello, IClientLink Link) : INoSerializationVerificationNeeded;

    /// <summary>A cluster client has said hello. Answered by <see cref="Admitted"/> or <see cref="SessionProtocol.Farewell"/>.</summary>
    public sealed record StartRemote(SessionProtocol.Hello Hello) : INoSerializationVerificationNeeded;

    /// <summary>From a link: the client is gone.</summary>
    public sealed record ClientLost(string Reason) : INoSerializationVerificationNeeded;

    /// <summary>From a link: a request was not taken in, for want of memory.</summary>
    public sealed record RequestRefused(ulong RequestId, string Reason) : INoSerializationVerificationNeeded;

    /// <summary>The client keeps bytes that others need, and does not move.</summary>
    internal sealed record NotMoving(string Reason) : INoSerializationVerificationNeeded;

    /// <summary>
    /// The host leaves gracefully, its orderers are handed over: every session answers what it has and says farewell. Answered by
    /// <see cref="Left"/> when none is left.
    /// </summary>
    public sealed record LeaveNow : INoSerializationVerificationNeeded
    {
        public static readonly LeaveNow Instance = new();

        /// <summary>An operator drained the node, so it is no member any more (ais-ckpt 2.11); a host that only restarts comes back.</summary>
        public bool IsForGood { get; init; }
    }

    public sealed record Left : INoSerializationVerificationNeeded;

    /// <summary>From a session that ends with its host: its client takes its opens elsewhere.</summary>
    internal sealed record KeepsOpens : INoSerializationVerificationNeeded;

    /// <summary>For administration. Answered by <see cref="Nodes"/>.</summary>
    internal sealed record GetNodes : INoSerializationVerificationNeeded;

    internal sealed record Nodes(IReadOnlyDictionary<HostId, string> Names, IReadOnlyList<SessionProtocol.SessionRow> Sessions)
        : INoSerializationVerificationNeeded;

    internal sealed record CloseThese(IReadOnlyList<(CheckpointName Name, SessionRegistryProtocol.OpenPresent Open)> Opens)
        : INoSerializationVerificationNeeded;

    /// <summary>The client of a session that only closes.</summary>
    private sealed class NoClient : IClientLink
    {
        public long QueuedBytes => 0;

        public void Opened(IActorRef session, SessionRoom room)
        {
        }

        public void Abort()
        {
        }

        public void Send(SessionProtocol.IMessage message)
        {
        }

        public void Close()
        {
        }
    }
}
