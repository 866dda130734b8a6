using Akka.Actor;
using Akka.Cluster.Sharding;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// Where the entities of checkpoint names live. The region takes <see cref="CheckpointProtocol.ICommand"/>s as they are: a command
/// names its checkpoint, so there is no envelope.
/// </summary>
public static class CheckpointRegion
{
    /// <summary>The region's type name in sharding.</summary>
    public const string TypeName = "checkpoint";

    /// <summary>The cluster role of the hosts that have entities.</summary>
    public const string Role = "checkpoint";

    /// <summary>
    /// Equal on every host, so a constant: ten shards for each of some 25 hosts, so that a host's share differs by a tenth at most, and
    /// still few enough for the coordinator's state (one entry a shard, about 100 bytes) to stay far below a frame.
    /// </summary>
    public const uint ShardCount = 256;

    private const string WakerName = "checkpoint-waker";
    private const string CallerName = "checkpoint-caller";

    /// <summary>
    /// Starts this host's part of the region, and the waker of the names that the host orders. Needs
    /// hocon/actors.conf and cluster.conf in the system's configuration, and <see cref="NodeServices.Agent"/> set.
    /// </summary>
    /// <returns>Whom to ask: it asks the region until the answer comes, and stops when the region does.</returns>
    public static IActorRef Start(ActorSystem system, NodeServices node, CheckpointEntityOptions options)
    {
        if (node.Agent.IsNobody())
            throw new ArgumentException("the agent must be there before the entities", nameof(node));

        var self = Akka.Cluster.Cluster.Get(system).SelfAddress;
        var caller = new Lazy<IActorRef>(() => system.ActorOf(
            CheckpointCaller.Props(node, ClusterSharding.Get(system).ShardRegion(TypeName)), CallerName));
        var waker = new Lazy<IActorRef>(() => system.ActorOf(CheckpointWaker.Props(node, options, caller.Value), WakerName));
        ClusterSharding.Get(system).Start(
            TypeName,
            entityId => CheckpointActor.Props(
                entityId, node, options, host => RegistryOf(system, self, host), () => new IncarnationId(Guid.NewGuid()), waker.Value),
            ClusterShardingSettings.Create(system).WithRole(Role).WithRememberEntities(false),
            new Extractor(),
            ShardAllocationStrategy.LeastShardAllocationStrategy(absoluteLimit: (int)ShardCount / 8, relativeLimit: 0.2),
            CheckpointActor.StopWhenIdle.Instance);
        _ = waker.Value;
        return caller.Value;
    }

    /// <summary>The session registry of a host has the same path everywhere (design: actor tree of a host).</summary>
    private static ActorSelection RegistryOf(ActorSystem system, Address self, HostId host)
    {
        var colon = host.Address.LastIndexOf(':');
        var address = new Address(self.Protocol, self.System, host.Address[..colon], int.Parse(host.Address.AsSpan(colon + 1)));
        return system.ActorSelection(new RootActorPath(address) / "user" / "checkpoint" / "sessions");
    }

    private sealed class Extractor : IMessageExtractor
    {
        public string? EntityId(object message) =>
            message is CheckpointProtocol.ICommand command ? CheckpointEntityId.Of(command.Name) : null;

        public object EntityMessage(object message) => message;

        public string? ShardId(object message) => EntityId(message) is { } id ? CheckpointEntityId.ShardOf(id) : null;

        public string ShardId(string entityId, object? messageHint = null) => CheckpointEntityId.ShardOf(entityId);
    }
}
