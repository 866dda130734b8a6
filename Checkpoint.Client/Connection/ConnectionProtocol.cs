using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>What the public types tell the connection actor. Nobody is answered by a message: a <see cref="Call"/> carries its answer.</summary>
internal static class ConnectionProtocol
{
    internal sealed record Submit(Call Call);

    internal sealed record Cancel(Call Call);

    /// <summary>From now on changes of the handle go to this reader.</summary>
    internal sealed record Subscribe(ulong Handle, ChangeReader Reader);

    internal sealed record Unsubscribe(ulong Handle, ChangeReader Reader);

    internal sealed record Credit(ulong Handle, int Events);

    internal sealed record Close;

    internal sealed record Tick
    {
        public static readonly Tick Instance = new();
    }

    /// <summary>Receptionists that a ClusterClient learned of.</summary>
    internal sealed record Contacts(IEnumerable<Akka.Actor.ActorPath> Paths);

    /// <summary>Attempt number <paramref name="Attempt"/> found a session, or was refused.</summary>
    internal sealed record Joined(int Attempt, SessionProtocol.IMessage Reply, Akka.Actor.IActorRef Session);
}
