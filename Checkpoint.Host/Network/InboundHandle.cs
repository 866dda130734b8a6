using Akka.Remote.Transport;
using Google.Protobuf;

namespace Checkpoint.Host.Network;

/// <summary>A connection that another process has made; tells the <see cref="InboundDoor"/> of its first message and of its end.</summary>
internal sealed class InboundHandle : AssociationHandle, IHandleEventListener
{
    private readonly AssociationHandle _inner;
    private readonly InboundDoor _door;
    private IHandleEventListener? _reader;
    private bool _hasSpoken;

    public InboundHandle(AssociationHandle inner, InboundDoor door)
        : base(inner.LocalAddress, inner.RemoteAddress)
    {
        (_inner, _door) = (inner, door);
        _ = PassReaderAsync();
    }

    public override bool Write(ByteString payload) => _inner.Write(payload);

#pragma warning disable CS0672, CS0618 // Akka's own adapters still have to override it.
    public override void Disassociate()
    {
        _door.Ended(this);
        _inner.Disassociate();
    }
#pragma warning restore CS0672, CS0618

    void IHandleEventListener.Notify(IHandleEvent happened)
    {
        if (happened is Disassociated or UnderlyingTransportError)
        {
            _door.Ended(this);
        }
        else if (!_hasSpoken)
        {
            _hasSpoken = true; // By the one thread that reads the connection.
            _door.Spoke(this);
        }

        _reader!.Notify(happened);
    }

    private async Task PassReaderAsync()
    {
        _reader = await ReadHandlerSource.Task.ConfigureAwait(false);
        _inner.ReadHandlerSource.SetResult(this);
    }
}
