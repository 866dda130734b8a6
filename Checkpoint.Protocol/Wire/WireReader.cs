using System.Buffers.Binary;
using System.Text;

namespace Checkpoint.Protocol;

/// <summary>
/// Little-endian reader over one message. Every length is checked against what is left before anything is allocated.
/// Buffers handed out are slices of the message, not copies.
/// </summary>
/// <exception cref="WireFormatException">From every method, when the message is too short or a value is out of range.</exception>
public struct WireReader(ReadOnlyMemory<byte> message)
{
    private ReadOnlyMemory<byte> _rest = message;

    public readonly int Remaining => _rest.Length;

    /// <summary>A message that goes on after its last field is refused: it is not the message that its type says.</summary>
    public readonly void End()
    {
        if (!_rest.IsEmpty)
            throw new WireFormatException($"{_rest.Length} bytes after the end of the message");
    }

    public ReadOnlyMemory<byte> Raw(int length)
    {
        if (length < 0 || length > _rest.Length)
            throw new WireFormatException($"{length} bytes announced, {_rest.Length} left");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    public byte U8() => Raw(1).Span[0];

    public bool Bool() => U8() switch
    {
        0 => false,
        1 => true,
        var other => throw new WireFormatException($"{other} is no boolean"),
    };

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Raw(2).Span);

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Raw(4).Span);

    public int I32() => (int)U32();

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Raw(8).Span);

    public long I64() => (long)U64();

    public Guid Guid() => new(Raw(16).Span);

    /// <summary>u32 length, then the bytes (a slice).</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        var length = U32();
        return Raw(length > int.MaxValue ? -1 : (int)length);
    }

    public string Text() => Encoding.UTF8.GetString(Bytes().Span);

    public string? OptionalText() => Bool() ? Text() : null;

    /// <summary>A count of items that take at least <paramref name="itemSizeMinBytes"/> each, so that no count allocates more than the message.</summary>
    public int Count(int itemSizeMinBytes = 1)
    {
        var count = U32();
        if (count > (uint)(_rest.Length / Math.Max(1, itemSizeMinBytes)))
            throw new WireFormatException($"{count} items announced, {_rest.Length} bytes left");
        return (int)count;
    }

    /// <summary>The id's bytes are copied: ids outlive messages.</summary>
    public SectionId Section()
    {
        var length = U16();
        return length == 0 ? default : new SectionId(Raw(length).ToArray());
    }

    public CheckpointName Name()
    {
        var length = U16();
        if (length is 0 or > CheckpointName.LengthMaxBytes)
            throw new WireFormatException($"a name of {length} bytes");
        return new CheckpointName(Raw(length).Span);
    }

    public IncarnationId Incarnation() => new(Guid());

    public SessionId Session() => new(Guid());

    public HostId Host() => new(Text(), I64());

    public CreationAttributes Attributes() =>
        new((CreationFlags)U32(), U64(), I64(), U32(), U64(), U64());
}
