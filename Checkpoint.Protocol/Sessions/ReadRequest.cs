namespace Checkpoint.Protocol;

/// <summary>A <see cref="SessionProtocol.Read"/>.</summary>
public sealed class ReadRequest : DirectRequest
{
    private readonly Element[] _elements = new Element[ElementsMax];
    private int _count;

    public ReadOnlySpan<Element> Elements => _elements.AsSpan(0, _count);

    /// <returns>False when it is another message, or a vector above <see cref="DirectRequest.ElementsMax"/>; nothing is known of it then.</returns>
    /// <exception cref="WireFormatException">A Read, but not exactly one: as <see cref="SessionCodec.Read"/> says.</exception>
    public bool TryDecode(ReadOnlyMemory<byte> message)
    {
        _count = 0;
        if (!Begin(message, CommandCodec.ReadTag, out var from))
            return false;
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
    public readonly record struct Element(ReadOnlyMemory<byte> Id, long Offset, long Size)
    {
        public ByteRange Range => ByteRange.Of(Offset, Size);
    }
}
