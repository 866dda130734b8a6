using Akka.Actor;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// The way from a Session to its client. Called by the Session's thread only; nothing here waits for the client. The other direction is the
/// link's own: it tells the Session <see cref="SessionProtocol.IMessage"/>, <see cref="SessionRegistry.RequestTooLarge"/> and, once,
/// <see cref="SessionRegistry.ClientLost"/>.
/// </summary>
public interface IClientLink
{
    /// <summary>Bytes of messages that the client has not taken yet.</summary>
    long QueuedBytes { get; }

    /// <summary>Kept up to date by the Session when the link answers reads and writes by itself; null when it does not.</summary>
    DirectHandles? Direct => null;

    /// <summary>The Session that from now on takes this client's messages; called once, before the first <see cref="Send"/>.</summary>
    void Opened(IActorRef session);

    /// <summary>Messages arrive in the order in which they were sent, or the link ends.</summary>
    void Send(SessionProtocol.IMessage message);

    /// <summary>Ends the link when what was sent before is out; may be called again.</summary>
    void Close();
}
