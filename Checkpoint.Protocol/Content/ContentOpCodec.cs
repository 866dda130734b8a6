namespace Checkpoint.Protocol;

/// <summary>
/// The bytes of a <see cref="ContentOp"/> (docs/WIRE.md, "Content"). What is read refers to the message's buffer, which therefore
/// belongs to the op from then on; section ids are copied.
/// </summary>
public static class ContentOpCodec
{
    private const byte CreateSection = 1;
    private const byte DeleteSection = 2;
    private const byte ExpireSections = 3;
    private const byte SetExpiration = 4;
    internal const byte WriteVector = 5;
    internal const byte Overwrite = 6;
    private const byte Corrupt = 7;

    /// <summary>An id's length, an offset, a data length.</summary>
    internal const int WriteElementSizeMinBytes = 2 + 8 + 4;

    private const int IdSizeMinBytes = 2;

    /// <summary>About how many bytes <see cref="Write"/> writes: data and ids are counted exactly.</summary>
    public static long SizeHint(ContentOp op) => op switch
    {
        ContentOp.Write write => ((long)WriteElementSizeMinBytes * write.Elements.Count) + write.IdBytes + write.DataBytes,
        ContentOp.Overwrite overwrite => (long)overwrite.Id.Length + overwrite.Data.Length,
        ContentOp.CreateSection create => (long)create.Id.Length + create.Data.Length,
        ContentOp.DeleteSection delete => delete.Id.Length,
        ContentOp.SetExpiration set => set.Id.Length,
        ContentOp.Corrupt corrupt => corrupt.Id.Length,
        ContentOp.ExpireSections expire => expire.Ids.Sum(id => 2L + id.Length),
        _ => 0,
    };

    /// <summary>
    /// Elements of one vector, written or read. A message is decoded in one step: with four million elements that step, on each host, starved the
    /// heartbeats and the ordering host was left out; this many take a fraction of the detection time.
    /// </summary>
    public const int ElementsMax = 262_144;

    /// <summary>Why no link between hosts would take the change as one update, with limit and value; or null.</summary>
    public static string? TooBig(ContentOp op) => op is ContentOp.Write write && write.Elements.Count > ElementsMax
        ? $"the vector has {write.Elements.Count} elements, and one vector at most {ElementsMax}"
        : SizeHint(op) is var size && size > LinkCodec.UpdateMaxBytes
            ? $"the update has {size} bytes, and one update at most {LinkCodec.UpdateMaxBytes}"
            : null;

    /// <exception cref="InvalidOperationException">A kind of change that has no bytes yet.</exception>
    public static void Write(WireWriter writer, ContentOp op)
    {
        switch (op)
        {
            case ContentOp.CreateSection create:
                writer.U8(CreateSection);
                writer.Section(create.Id);
                writer.I64(create.ExpirationTime);
                writer.Data(create.Data);
                break;
            case ContentOp.DeleteSection delete:
                writer.U8(DeleteSection);
                writer.Section(delete.Id);
                break;
            case ContentOp.ExpireSections expire:
                writer.U8(ExpireSections);
                writer.I64(expire.Time);
                writer.I32(expire.Ids.Count);
                foreach (var id in expire.Ids)
                    writer.Section(id);
                break;
            case ContentOp.SetExpiration set:
                writer.U8(SetExpiration);
                writer.Section(set.Id);
                writer.I64(set.ExpirationTime);
                break;
            case ContentOp.Write write:
                writer.U8(WriteVector);
                writer.I32(write.Elements.Count);
                foreach (var element in write.Elements)
                    WriteElement(writer, element);
                break;
            case ContentOp.Overwrite overwrite:
                writer.U8(Overwrite);
                writer.Section(overwrite.Id);
                writer.Data(overwrite.Data);
                break;
            case ContentOp.Corrupt corrupt:
                writer.U8(Corrupt);
                writer.Section(corrupt.Id);
                break;
            default:
                throw new InvalidOperationException($"No bytes are defined for {op.GetType().Name}.");
        }
    }

    /// <exception cref="WireFormatException">Not such a message.</exception>
    public static ContentOp Read(ref WireReader reader) => reader.U8() switch
    {
        CreateSection => new ContentOp.CreateSection(reader.Section(), reader.I64(), reader.Bytes()),
        DeleteSection => new ContentOp.DeleteSection(reader.Section()),
        ExpireSections => ReadExpire(ref reader),
        SetExpiration => new ContentOp.SetExpiration(reader.Section(), reader.I64()),
        WriteVector => ReadWrite(ref reader),
        Overwrite => new ContentOp.Overwrite(reader.Section(), reader.Bytes()),
        Corrupt => new ContentOp.Corrupt(reader.Section()),
        var other => throw new WireFormatException($"content change of kind {other}"),
    };

    private static void WriteElement(WireWriter writer, WriteElement element)
    {
        writer.Section(element.Id);
        writer.I64(element.Offset);
        writer.Data(element.Data);
    }

    private static ContentOp.ExpireSections ReadExpire(ref WireReader reader)
    {
        var time = reader.I64();
        var ids = new SectionId[reader.Count(IdSizeMinBytes)];
        for (var index = 0; index < ids.Length; index++)
            ids[index] = reader.Section();
        return new(ids, time);
    }

    private static ContentOp.Write ReadWrite(ref WireReader reader)
    {
        var elements = new WriteElement[reader.Count(WriteElementSizeMinBytes)];
        for (var index = 0; index < elements.Length; index++)
            elements[index] = new(reader.Section(), reader.I64(), reader.Bytes());
        return new(elements);
    }
}
