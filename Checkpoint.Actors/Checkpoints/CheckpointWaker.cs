using Akka.Actor;
using Akka.Event;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// One a host. Without its entity a checkpoint's retention does not end and its lost openers are not closed, and nothing remembers
/// entities; so whoever orders a checkpoint wakes its entity: after a change of view, when an entity stopped, and in a sweep now and
/// then. A name is pinged once however often it is named, and only so many a second.
/// </summary>
internal sealed class CheckpointWaker : ReceiveActor
{
    private const int RoundsPerSecond = 10;

    /// <summary>A ping that has not reached its entity by then is as good as lost; the next sweep sends another.</summary>
    private static readonly long PingPatience = 60 * AisTime.NanosecondsPerSecond;

    private readonly NodeServices _node;
    private readonly CheckpointEntityOptions _options;
    private readonly IActorRef _region;
    private readonly ILoggingAdapter _logger = Context.GetLogger();
    private readonly ClockTimers _timers;
    private readonly Queue<CheckpointName> _order = [];
    private readonly HashSet<CheckpointName> _waiting = [];
    private ulong _number;

    public CheckpointWaker(NodeServices node, CheckpointEntityOptions options, IActorRef region)
    {
        _node = node;
        _options = options;
        _region = region;
        _timers = new ClockTimers(node.Clock, Self);
        Receive<Wake>(wake => Add([wake.Name]));
        Receive<ReplicaAgentProtocol.Ordering>(ordering => Add(ordering.Names));
        Receive<ReplicaAgentProtocol.AgentStatus>(status =>
            Add(status.Incarnations.Where(incarnation => incarnation.Orderer == _node.Self).Select(incarnation => incarnation.Name)));
        Receive<ReplicaAgentProtocol.IReply>(_ => { }); // The agent does not serve now; the next sweep asks again.
        Receive<Round>(_ => Ping());
        Receive<Sweep>(_ => OnSweep());
        Receive<CheckpointProtocol.Done>(_ => { });
        Receive<CheckpointProtocol.Refused>(refused => _logger.Debug("a ping was refused: {0} {1}", refused.Status, refused.Reason));
    }

    public static Props Props(NodeServices node, CheckpointEntityOptions options, IActorRef region) =>
        Akka.Actor.Props.Create(() => new CheckpointWaker(node, options, region));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ReplicaAgentProtocol.Ordering));
        _timers.Set(Sweep.Instance, _options.SweepInterval);
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _timers.Dispose();
    }

    private void Add(IEnumerable<CheckpointName> names)
    {
        foreach (var name in names)
            if (_waiting.Add(name))
                _order.Enqueue(name);
        SetRound();
    }

    private void Ping()
    {
        _timers.Cancel(Round.Instance);
        var deadline = AisTime.Now(_node.Clock) + PingPatience;
        for (var left = _options.PingsPerSecond / RoundsPerSecond; left > 0 && _order.TryDequeue(out var name); left--)
        {
            _waiting.Remove(name);
            _region.Tell(new CheckpointProtocol.Ping(name, ++_number, deadline));
        }

        SetRound();
    }

    private void SetRound()
    {
        if (_order.Count > 0 && !_timers.IsSet(Round.Instance))
            _timers.Set(Round.Instance, TimeSpan.FromSeconds(1.0 / RoundsPerSecond));
    }

    private void OnSweep()
    {
        _node.Agent.Tell(new ReplicaAgentProtocol.GetAgentStatus(++_number));
        _timers.Set(Sweep.Instance, _options.SweepInterval);
    }

    /// <summary>An entity with rows in the journal stopped here: one is to start wherever the name lives now.</summary>
    internal sealed record Wake(CheckpointName Name);

    private sealed record Round
    {
        public static readonly Round Instance = new();
    }

    private sealed record Sweep
    {
        public static readonly Sweep Instance = new();
    }
}
