using Akka.Actor;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// The way from a Session to its client. Called by the Session's thread only, if nothing else is said; nothing here waits for the client. The other direction is the
/// link's own: it tells the Session <see cref="SessionProtocol.IMessage"/>, <see cref="SessionRegistry.RequestRefused"/> and, once,
/// <see cref="SessionRegistry.ClientLost"/>.
/// </summary>
public interface IClientLink
{
    /// <summary>Bytes of messages that the client has not taken yet.</summary>
    long QueuedBytes { get; }

    /// <summary>Kept up to date by the Session when the link answers reads and writes by itself; null when it does not.</summary>
    DirectHandles? Direct => null;

    /// <summary>The Session that from now on takes this client's messages; called once, before the first <see cref="Send"/>.</summary>
    /// <param name="room">What the client may have on its way. What <see cref="SessionRoom.BytesOf"/> a message says was reserved is given back here when it has left.</param>
    void Opened(IActorRef session, SessionRoom room);

    /// <summary>Messages arrive in the order in which they were sent, or the link ends.</summary>
    void Send(SessionProtocol.IMessage message);

    /// <summary>Ends the link at once, whatever still waits: the client takes nothing. May be called on any thread.</summary>
    void Abort();

    /// <summary>Ends the link when what was sent before is out; may be called again.</summary>
    void Close();
}
