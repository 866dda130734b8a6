using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Tools.Client;
using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>
/// One attempt to get a Session: a ClusterClient finds a living host's receptionist through the contact points, and the Hello goes to
/// that host's door. The ClusterClient is used for nothing else (it is five to ten times slower a request than the Session's own
/// reference), and a new attempt has a new one, so nobody waits until an old one has noticed that its host is dead.
/// </summary>
internal sealed class Joiner : ReceiveActor
{
    public const string DoorPath = "/user/checkpoint/door";

    /// <param name="contacts">Receptionists to ask; the first to answer wins.</param>
    /// <param name="askAll">Hello to every door, not only to that of the receptionist's host.</param>
    public Joiner(int attempt, ImmutableHashSet<ActorPath> contacts, SessionProtocol.Hello hello, bool askAll)
    {
        var client = Context.ActorOf(ClusterClient.Props(ClusterClientSettings.Create(Context.System).WithInitialContacts(contacts)), "cluster");
        var parent = Context.Parent;
        client.Tell(SubscribeContactPoints.Instance);
        client.Tell(askAll ? new ClusterClient.SendToAll(DoorPath, hello) : new ClusterClient.Send(DoorPath, hello, localAffinity: true));

        Receive<Admitted>(admitted => parent.Tell(new ConnectionProtocol.Joined(
            attempt, admitted.Welcome, ((ExtendedActorSystem)Context.System).Provider.ResolveActorRef(admitted.SessionPath))));
        Receive<SessionProtocol.Farewell>(refusal => parent.Tell(new ConnectionProtocol.Joined(attempt, refusal, ActorRefs.Nobody)));
        Receive<ContactPoints>(known => parent.Tell(new ConnectionProtocol.Contacts(known.ContactPointsList)));
        Receive<ContactPointAdded>(added => parent.Tell(new ConnectionProtocol.Contacts([added.ContactPoint])));
        Receive<ContactPointRemoved>(_ => { });
    }

    public static Props Props(int attempt, ImmutableHashSet<ActorPath> contacts, SessionProtocol.Hello hello, bool askAll) =>
        Akka.Actor.Props.Create(() => new Joiner(attempt, contacts, hello, askAll));
}
