namespace Checkpoint.Protocol;

/// <summary>
/// A <see cref="SessionProtocol.Read"/> request as it stands in its frame, for whoever can answer it on the spot: decoding one makes no
/// object. Used again and again; what it shows lives as long as the message's memory. Not thread-safe.
/// </summary>
public sealed class ReadRequest
{
    /// <summary>Longer vectors are not for the spot.</summary>
    public const int ElementsMax = 64;

    private readonly Element[] _elements = new Element[ElementsMax];
    private int _count;

    public ulong Id { get; private set; }

    /// <summary>As in <see cref="SessionProtocol.Request"/>.</summary>
    public long Budget { get; private set; }

    public ulong Handle { get; private set; }

    public ReadOnlySpan<Element> Elements => _elements.AsSpan(0, _count);

    /// <returns>False when it is another message, or a vector above <see cref="ElementsMax"/>; nothing is known of it then.</returns>
    /// <exception cref="WireFormatException">A Read, but not exactly one: as <see cref="SessionCodec.Read"/> says.</exception>
    public bool TryDecode(ReadOnlyMemory<byte> message)
    {
        _count = 0;
        var from = new WireReader(message);
        if (message.Span[0] != SessionCodec.RequestTag)
            return false;
        from.U8();
        (Id, Budget) = (from.U64(), from.I64());
        if (from.U8() != CommandCodec.ReadTag)
            return false;
        Handle = from.U64();
        var count = from.Count(ReadCodec.ElementSizeMinBytes);
        if (count > ElementsMax)
            return false;
        for (var index = 0; index < count; index++)
            _elements[index] = new(from.Raw(from.U16()), from.I64(), from.I64());
        from.End();
        _count = count;
        return true;
    }

    /// <summary>One <see cref="ReadElement"/>.</summary>
    public readonly record struct Element(ReadOnlyMemory<byte> Id, long Offset, long Size);
}
