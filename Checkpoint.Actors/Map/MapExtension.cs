using Akka.Actor;

namespace Checkpoint.Actors.Map;

/// <summary>How the bucket serializer, which Akka makes, comes to the node's one <see cref="HeldIncarnations"/>.</summary>
public sealed class MapExtension : IExtension
{
    private MapExtension()
    {
    }

    public HeldIncarnations Held { get; } = new();

    public static MapExtension Get(ActorSystem system) => system.WithExtension<MapExtension, Provider>();

    private sealed class Provider : ExtensionIdProvider<MapExtension>
    {
        public override MapExtension CreateExtension(ExtendedActorSystem system) => new();
    }
}
