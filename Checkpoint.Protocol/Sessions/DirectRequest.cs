namespace Checkpoint.Protocol;

/// <summary>
/// A request as it stands in its frame, for whoever can answer it on the spot: decoding one makes no object. Used again and again; what it
/// shows lives as long as the message's memory. Not thread-safe.
/// </summary>
public abstract class DirectRequest
{
    /// <summary>Longer vectors are not for the spot.</summary>
    public const int ElementsMax = 64;

    public ulong Id { get; private set; }

    /// <summary>As in <see cref="SessionProtocol.Request"/>.</summary>
    public long Budget { get; private set; }

    public ulong Handle { get; private set; }

    /// <returns>False when it is another message; nothing is known of it then.</returns>
    private protected bool Begin(ReadOnlyMemory<byte> message, byte commandTag, out WireReader from)
    {
        from = new WireReader(message);
        if (message.Span[0] != SessionCodec.RequestTag)
            return false;
        from.U8();
        (Id, Budget) = (from.U64(), from.I64());
        if (from.U8() != commandTag)
            return false;
        Handle = from.U64();
        return true;
    }
}
