using Akka.Actor;
using Akka.Remote.Transport;
using Checkpoint.Transport.Connections;
using Checkpoint.Transport.Secrets;
using Google.Protobuf;

namespace Checkpoint.Transport;

/// <summary>
/// Akka's end of one connection. Akka hears exactly once that it is over, whatever happened, and nothing is read from the socket before
/// there is somebody to hear it.
/// </summary>
internal sealed class SocketAssociation : AssociationHandle
{
    /// <summary>Akka completes the listener's promise at once, or never when it has given the association up meanwhile.</summary>
    private static readonly TimeSpan ListenerTimeout = TimeSpan.FromSeconds(20);

    private readonly FrameConnection _connection;
    private readonly TimeProvider _clock;

    public SocketAssociation(Address local, Address remote, FrameConnection connection, Role? peer, TimeProvider clock) : base(local, remote)
    {
        (_connection, Peer, _clock) = (connection, peer, clock);
        // The base class's own runs whatever awaits it inside the actor that completes it.
        ReadHandlerSource = new TaskCompletionSource<IHandleEventListener>(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What the other side proved to be; null where no secret is asked for.</summary>
    public Role? Peer { get; }

    /// <summary>False: not taken. Akka keeps the message and tries again.</summary>
    public override bool Write(ByteString payload) => _connection.TryWrite(payload.Memory);

    [Obsolete("Akka's base class asks for it.")]
    public override void Disassociate() => _connection.Close();

    

    public void Close() => _connection.Close();

    public void Abort() => _connection.Abort();

    /// <returns>Why it ended, or null when it was closed.</returns>
    public async Task<Exception?> RunAsync()
    {
        IHandleEventListener listener;
        try
        {
            listener = await ReadHandlerSource.Task.WaitAsync(ListenerTimeout, _clock).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            _connection.Dispose();
            return e;
        }

        try
        {
            return await _connection.RunAsync(frame => listener.Notify(new InboundPayload(UnsafeByteOperations.UnsafeWrap(frame)))).ConfigureAwait(false);
        }
        finally
        {
            listener.Notify(new Disassociated(DisassociateInfo.Unknown));
        }
    }
}
