using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Checkpoint.Protocol;

/// <summary>Little-endian writer over a growing buffer. Not thread-safe; <see cref="Clear"/> makes it reusable.</summary>
/// <param name="refersToLarge">Large <see cref="Data"/> is not copied: <see cref="ToSequence"/> has it where it lies.</param>
public sealed class WireWriter(int capacity = 256, bool refersToLarge = false)
{
    /// <summary>From here on a reference costs less than a copy, which would go to the large object heap besides.</summary>
    internal const int LargeBytesMin = 64 * 1024;

    private List<(int At, ReadOnlyMemory<byte> Data)>? _large;
    private readonly ArrayBufferWriter<byte> _buffer = new(capacity);

    public int Length => _buffer.WrittenCount;

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>All that was written, without a copy of it: the writer is not used afterwards.</summary>
    public ReadOnlySequence<byte> ToSequence()
    {
        if (_large is null)
            return new(Written);
        List<ReadOnlyMemory<byte>> parts = [];
        var from = 0;
        foreach (var (at, data) in _large)
        {
            parts.Add(Written[from..at]);
            parts.AddRange(ScatteredMemory.PartsOf(data));
            from = at;
        }

        parts.Add(Written[from..]);
        return ByteSequence.Of(parts);
    }

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public void Clear() => _buffer.ResetWrittenCount();

    /// <summary>Fills in a number whose place was reserved before it was known.</summary>
    public void PatchU32(int at, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(
            System.Runtime.InteropServices.MemoryMarshal.AsMemory(_buffer.WrittenMemory).Span.Slice(at, 4), value);

    public void U8(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Bool(bool value) => U8(value ? (byte)1 : (byte)0);

    public void U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.GetSpan(2), value);
        _buffer.Advance(2);
    }

    public void U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
    }

    public void I32(int value) => U32((uint)value);

    public void U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    public void I64(long value) => U64((ulong)value);

    public void Guid(Guid value)
    {
        value.TryWriteBytes(_buffer.GetSpan(16));
        _buffer.Advance(16);
    }

    /// <summary>u32 length, then the bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        U32((uint)value.Length);
        Raw(value);
    }

    /// <summary>As <see cref="Bytes"/>, of data that nobody writes to any more.</summary>
    public void Data(ReadOnlyMemory<byte> value)
    {
        U32((uint)value.Length);
        if (refersToLarge && value.Length >= LargeBytesMin)
            (_large ??= []).Add((Length, value));
        else
            Raw(value.Span);
    }

    /// <summary>The bytes without a length.</summary>
    public void Raw(ReadOnlySpan<byte> value) => _buffer.Write(value);

    /// <summary>So many bytes that the caller fills before it writes anything else.</summary>
    public Span<byte> Space(int bytes)
    {
        var space = _buffer.GetSpan(bytes)[..bytes];
        _buffer.Advance(bytes);
        return space;
    }

    /// <summary>u32 length, then UTF-8.</summary>
    public void Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    /// <summary>A byte that says whether there is one, then the text.</summary>
    public void OptionalText(string? value)
    {
        Bool(value is not null);
        if (value is not null)
            Text(value);
    }

    /// <summary>u16 length, then the bytes.</summary>
    public void Section(SectionId id)
    {
        U16((ushort)id.Length);
        Raw(id.Bytes.Span);
    }

    /// <summary>u16 length, then the bytes.</summary>
    public void Name(CheckpointName name)
    {
        U16((ushort)name.Bytes.Length);
        Raw(name.Bytes.Span);
    }

    public void Incarnation(IncarnationId id) => Guid(id.Value);

    public void Session(SessionId id) => Guid(id.Value);

    public void Host(HostId host)
    {
        Text(host.Address);
        I64(host.Uid);
    }

    public void Attributes(CreationAttributes attributes)
    {
        U32((uint)attributes.Flags);
        U64(attributes.CheckpointSize);
        I64(attributes.RetentionDuration);
        U32(attributes.MaxSections);
        U64(attributes.MaxSectionSize);
        U64(attributes.MaxSectionIdSize);
    }
}
