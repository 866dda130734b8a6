namespace Checkpoint.Protocol;

/// <summary>The bytes of a vector read and of what it read (docs/WIRE.md, "Content"). Buffers read are slices of the message.</summary>
public static class ReadCodec
{
    /// <summary>An id's length, an offset, a size.</summary>
    internal const int ElementSizeMinBytes = 2 + 8 + 8;

    private const int BufferSizeMinBytes = 4;

    /// <summary>Bytes of the elements.</summary>
    public static long SizeHint(IReadOnlyList<ReadElement> elements)
    {
        var size = (long)ElementSizeMinBytes * elements.Count;
        for (var index = 0; index < elements.Count; index++)
            size += elements[index].Id.Length;
        return size;
    }

    public static void WriteElements(WireWriter writer, IReadOnlyList<ReadElement> elements)
    {
        writer.I32(elements.Count);
        foreach (var element in elements)
        {
            writer.Section(element.Id);
            writer.I64(element.Offset);
            writer.I64(element.Size);
        }
    }

    /// <exception cref="WireFormatException">Not such a message.</exception>
    public static IReadOnlyList<ReadElement> ReadElements(ref WireReader reader)
    {
        var elements = new ReadElement[reader.Count(ElementSizeMinBytes)];
        for (var index = 0; index < elements.Length; index++)
            elements[index] = new(reader.Section(), reader.I64(), reader.I64());
        return elements;
    }

    public static void WriteBuffers(WireWriter writer, IReadOnlyList<ReadOnlyMemory<byte>> buffers)
    {
        writer.I32(buffers.Count);
        foreach (var buffer in buffers)
            writer.Bytes(buffer.Span);
    }

    /// <exception cref="WireFormatException">Not such a message.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> ReadBuffers(ref WireReader reader)
    {
        var buffers = new ReadOnlyMemory<byte>[reader.Count(BufferSizeMinBytes)];
        for (var index = 0; index < buffers.Length; index++)
            buffers[index] = reader.Bytes();
        return buffers;
    }
}
