namespace Checkpoint.Protocol;

/// <summary>Bytes of what is read, and of what came of it: one byte of type, then the fields.</summary>
internal static class QueryCodec
{
    private const byte RefusedTag = 0;
    private const byte ReadTag = 1;
    private const byte DescribeTag = 2;
    private const byte ListTag = 3;
    private const byte DescribeSectionsTag = 4;
    private const byte SynchronizeTag = 5;

    public static void Write(WireWriter to, QueryBody body)
    {
        switch (body)
        {
            case QueryBody.Read read:
                to.U8(ReadTag);
                to.List(read.Elements, static (to, element) =>
                {
                    to.Section(element.Id);
                    to.I64(element.Offset);
                    to.I64(element.Size);
                });
                break;
            case QueryBody.Describe:
                to.U8(DescribeTag);
                break;
            case QueryBody.List list:
                to.U8(ListTag);
                to.U8((byte)list.Chosen);
                to.I64(list.Time);
                break;
            case QueryBody.DescribeSections describe:
                to.U8(DescribeSectionsTag);
                to.List(describe.Ids, static (to, id) => to.Section(id));
                break;
            case QueryBody.Synchronize:
                to.U8(SynchronizeTag);
                break;
            default:
                throw new InvalidOperationException($"no bytes for {body.GetType().Name}");
        }
    }

    public static QueryBody ReadBody(ref WireReader from)
    {
        var tag = from.U8();
        return tag switch
        {
            ReadTag => new QueryBody.Read(from.List(18, static (ref from) => new ReadElement(from.Section(), from.I64(), from.I64()))),
            DescribeTag => new QueryBody.Describe(),
            ListTag => new QueryBody.List(ReadChosen(ref from), from.I64()),
            DescribeSectionsTag => new QueryBody.DescribeSections(from.List(2, static (ref from) => from.Section())),
            SynchronizeTag => new QueryBody.Synchronize(),
            _ => throw new WireFormatException($"{tag} is no query"),
        };
    }

    public static void Write(WireWriter to, QueryResult result)
    {
        switch (result)
        {
            case QueryResult.Refused refused:
                to.U8(RefusedTag);
                to.I32((int)refused.Status);
                to.OptionalText(refused.Reason);
                to.I32(refused.ErroneousIndex);
                break;
            case QueryResult.Read read:
                to.U8(ReadTag);
                to.List(read.Data, static (to, data) => to.Data(data));
                break;
            case QueryResult.Described described:
                to.U8(DescribeTag);
                to.Attributes(described.Descriptor.Attributes);
                to.I32(described.Descriptor.SectionCount);
                to.I64(described.Descriptor.MemoryUsed);
                break;
            case QueryResult.Listed listed:
                to.U8(ListTag);
                to.List(listed.Ids, static (to, id) => to.Section(id));
                break;
            case QueryResult.SectionsDescribed described:
                to.U8(DescribeSectionsTag);
                to.List(described.Descriptors, static (to, descriptor) => WriteOptional(to, descriptor));
                break;
            case QueryResult.Synchronized:
                to.U8(SynchronizeTag);
                break;
            default:
                throw new InvalidOperationException($"no bytes for {result.GetType().Name}");
        }
    }

    public static QueryResult ReadResult(ref WireReader from)
    {
        var tag = from.U8();
        return tag switch
        {
            RefusedTag => new QueryResult.Refused(from.Status(), from.OptionalText(), from.I32()),
            ReadTag => new QueryResult.Read(from.List(4, static (ref from) => from.Bytes())),
            DescribeTag => new QueryResult.Described(new CheckpointDescriptor(from.Attributes(), from.I32(), from.I64())),
            ListTag => new QueryResult.Listed(from.List(2, static (ref from) => from.Section())),
            DescribeSectionsTag => new QueryResult.SectionsDescribed(from.List(1, static (ref from) => ReadOptional(ref from))),
            SynchronizeTag => new QueryResult.Synchronized(),
            _ => throw new WireFormatException($"{tag} is no result of a query"),
        };
    }

    private static void WriteOptional(WireWriter to, SectionDescriptor? descriptor)
    {
        to.Bool(descriptor is not null);
        if (descriptor is null)
            return;
        to.Section(descriptor.Id);
        to.I64(descriptor.ExpirationTime);
        to.I64(descriptor.Size);
        to.U8((byte)descriptor.State);
        to.I64(descriptor.LastUpdate);
    }

    private static SectionDescriptor? ReadOptional(ref WireReader from) =>
        from.Bool() ? new SectionDescriptor(from.Section(), from.I64(), from.I64(), ReadState(ref from), from.I64()) : null;

    private static SectionsChosen ReadChosen(ref WireReader from)
    {
        var chosen = (SectionsChosen)from.U8();
        return Enum.IsDefined(chosen) ? chosen : throw new WireFormatException($"{(byte)chosen} is no filter of sections");
    }

    private static SectionState ReadState(ref WireReader from)
    {
        var state = (SectionState)from.U8();
        return Enum.IsDefined(state) ? state : throw new WireFormatException($"{(byte)state} is no state of a section");
    }
}
