namespace Checkpoint.Protocol;

/// <summary>A <see cref="SessionProtocol.Change"/> that is a <see cref="ContentOp.Write"/> or a <see cref="ContentOp.Overwrite"/>.</summary>
public sealed class WriteRequest : DirectRequest
{
    private readonly Element[] _elements = new Element[ElementsMax];
    private int _count;

    /// <summary>The data is the section's whole new content, whatever size it has now; there is one element then.</summary>
    public bool IsOverwrite { get; private set; }

    public ReadOnlySpan<Element> Elements => _elements.AsSpan(0, _count);

    /// <returns>False when it is another message, or a vector above <see cref="DirectRequest.ElementsMax"/>; nothing is known of it then.</returns>
    /// <exception cref="WireFormatException">Such a change, but not exactly one: as <see cref="SessionCodec.Read"/> says.</exception>
    public bool TryDecode(ReadOnlyMemory<byte> message)
    {
        _count = 0;
        if (!Begin(message, CommandCodec.ChangeTag, out var from))
            return false;
        var kind = from.U8();
        IsOverwrite = kind == ContentOpCodec.Overwrite;
        if (!IsOverwrite && kind != ContentOpCodec.WriteVector)
            return false;
        var count = IsOverwrite ? 1 : from.Count(ContentOpCodec.WriteElementSizeMinBytes);
        if (count > ElementsMax)
            return false;
        for (var index = 0; index < count; index++)
            _elements[index] = new(from.Raw(from.U16()), IsOverwrite ? 0 : from.I64(), from.Bytes());
        from.End();
        _count = count;
        return true;
    }

    /// <summary>One <see cref="WriteElement"/>.</summary>
    public readonly record struct Element(ReadOnlyMemory<byte> Id, long Offset, ReadOnlyMemory<byte> Data)
    {
        public ByteRange Range => ByteRange.Of(Offset, Data.Length);
    }
}
