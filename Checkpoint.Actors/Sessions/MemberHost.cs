using Akka.Actor;
using Akka.Cluster;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>A cluster member as a host of ours.</summary>
internal static class MemberHost
{
    public static HostId Of(UniqueAddress member) => new($"{member.Address.Host}:{member.Address.Port}", member.Uid);

    public static ActorPath RegistryPath(Address address) => new RootActorPath(address) / "user" / "checkpoint" / SessionRegistry.Name;
}
