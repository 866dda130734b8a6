using Akka.Actor;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// <c>/user/checkpoint/door</c>, registered with the ClusterClientReceptionist: the one place that cluster clients reach without knowing this host.
/// The answer goes back the way the hello came; then the client talks to its Session itself.
/// </summary>
public sealed class Door : ReceiveActor
{
    public const string Name = "door";

    public Door(IActorRef sessions) => Receive<SessionProtocol.Hello>(hello => sessions.Forward(new SessionRegistry.StartRemote(hello)));

    public static Props Props(IActorRef sessions) => Akka.Actor.Props.Create(() => new Door(sessions));
}
