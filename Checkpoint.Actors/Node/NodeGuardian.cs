using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Client;
using Akka.DistributedData;
using Akka.Event;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Map;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Actors.Transit;
using Checkpoint.Actors.Views;

namespace Checkpoint.Actors.Node;

/// <summary>
/// <c>/user/checkpoint</c>: starts the service's actors of this host in the order in which they need each other, and ends the host when
/// one of them, or the Replicator, stops. Nothing is restarted: a part that failed has lost what it knew, the other hosts have not.
/// </summary>
public sealed class NodeGuardian : ReceiveActor
{
    public const string Name = "checkpoint";

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly TaskCompletionSource<NodeExit> _exit;
    private readonly NodeServices _services;

    /// <param name="clock">Its timestamps are nanoseconds.</param>
    /// <param name="seed">For ids that the machine makes up.</param>
    public NodeGuardian(NodeOptions options, TimeProvider clock, ulong seed, TaskCompletionSource<NodeExit> exit)
    {
        _exit = exit;
        _services = StartParts(options, clock, seed);
        Receive<GetServices>(_ => Sender.Tell(_services));
        Receive<ReplicaAgentProtocol.LeftOut>(OnLeftOut);
        Receive<Terminated>(OnStopped);
    }

    public static Props Props(NodeOptions options, TimeProvider clock, ulong seed, TaskCompletionSource<NodeExit> exit) =>
        Akka.Actor.Props.Create(() => new NodeGuardian(options, clock, seed, exit));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(ReplicaAgentProtocol.LeftOut));

    private static NodeServices StartParts(NodeOptions options, TimeProvider clock, ulong seed)
    {
        var self = HostIds.Of(Cluster.Get(Context.System).SelfUniqueAddress);
        var replicator = Context.Watch(DistributedData.Get(Context.System).Replicator);
        var views = Watched(ViewJournal.Props(options.Agent.JournalTimeout), "views");
        var pool = BucketPool.ForQuota(options.MapBytes ?? options.Machine.BytesMax);
        var map = Watched(SectionMap.Props(replicator, pool, options.Map, clock), "map");
        var machine = new MachineGate(new HostMachine(self, MachineOptionsOf(options), seed, new MapCapacity(pool)), clock);
        var agent = Watched(
            ReplicaAgent.Props(machine, self, clock, options.Agent, new AgentNeighbours(views, map), options.Faults), "agent");
        var services = new NodeServices(self, options.NodeName, clock)
        {
            Agent = agent,
            Machine = machine,
            ProvesUnwritten = options.ProvesUnwritten,
            Transit = new TransitBudgets(options.Sessions.NodeInFlightBytesMax, clock),
        };
        services = services with { Checkpoints = Context.Watch(CheckpointRegion.Start(Context.System, services, options.Entities)) };
        var settings = new SessionSettings(options.Sessions, options.Journal, options.Faults) { NodeLimits = options.Limits };
        services = services with { Sessions = Watched(SessionRegistry.Props(services, settings), SessionRegistry.Name) };
        ClusterClientReceptionist.Get(Context.System).RegisterService(Watched(Door.Props(services.Sessions), Door.Name));
        return services;
    }

    private static MachineOptions MachineOptionsOf(NodeOptions options) =>
        ReferenceEquals(options.Faults, FaultSwitch.Off) ? options.Machine : options.Machine with { ContentFault = options.Faults.Throw };

    private static IActorRef Watched(Props props, string name) => Context.Watch(Context.ActorOf(props, name));

    private void OnLeftOut(ReplicaAgentProtocol.LeftOut left)
    {
        // A host that leaves is left out by the next view as it asked to be: its shutdown is on its way, and is no failure.
        if (CoordinatedShutdown.Get(Context.System).ShutdownReason is null)
            _exit.TrySetResult(new NodeExit.LeftOut(left.ViewNumber, left.Reason));
    }

    private void OnStopped(Terminated stopped)
    {
        // In a leave, and when this host was left out, region and Replicator stop by themselves.
        if (_exit.Task.IsCompleted || CoordinatedShutdown.Get(Context.System).ShutdownReason is not null || Cluster.Get(Context.System).IsTerminated)
            return;
        _log.Error("{0} stopped: this host cannot serve any more.", stopped.ActorRef.Path);
        _exit.TrySetResult(new NodeExit.PartFailed(stopped.ActorRef.Path.ToStringWithoutAddress()));
    }

    /// <summary>Answered by the <see cref="NodeServices"/>.</summary>
    internal sealed record GetServices
    {
        public static readonly GetServices Instance = new();
    }
}
