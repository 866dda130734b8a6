using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Protocol;

/// <summary>The bytes of an answer's body: one byte of type (0 for none), then its fields.</summary>
internal static class ResultCodec
{
    public const byte DataTag = 4;

    /// <summary>An id's length, two times, a size and a state.</summary>
    private const int DescriptorSizeMinBytes = 2 + 8 + 8 + 1 + 8;

    public static void Write(WireWriter to, Result? result)
    {
        switch (result)
        {
            case null:
                to.U8(0);
                break;
            case Opened opened:
                to.U8(1);
                to.U64(opened.Handle);
                to.Incarnation(opened.Incarnation);
                to.Attributes(opened.Attributes);
                break;
            case Status status:
                to.U8(2);
                to.Attributes(status.Descriptor.Attributes);
                to.I32(status.Descriptor.SectionCount);
                to.I64(status.Descriptor.MemoryUsed);
                break;
            case SectionCreated created:
                to.U8(3);
                to.Section(created.Id);
                break;
            case Data data:
                to.U8(DataTag);
                ReadCodec.WriteBuffers(to, data.Buffers);
                break;
            case IterationOpened iteration:
                to.U8(5);
                to.U64(iteration.Iteration);
                break;
            case Sections sections:
                to.U8(6);
                to.U32((uint)sections.Descriptors.Count);
                foreach (var descriptor in sections.Descriptors)
                    SectionCodec.WriteDescriptor(to, descriptor);
                break;
            default:
                AdministrationCodec.Write(to, result);
                break;
        }
    }

    public static Result? Read(ref WireReader from)
    {
        var tag = from.U8();
        return tag switch
        {
            0 => null,
            1 => new Opened(from.U64(), from.Incarnation(), from.Attributes()),
            2 => new Status(new CheckpointDescriptor(from.Attributes(), from.I32(), from.I64())),
            3 => new SectionCreated(from.Section()),
            DataTag => new Data(ReadCodec.ReadBuffers(ref from)),
            5 => new IterationOpened(from.U64()),
            6 => ReadSections(ref from),
            32 => AdministrationCodec.ReadNodeStatus(ref from),
            33 => AdministrationCodec.ReadList(ref from),
            34 => AdministrationCodec.ReadDetail(ref from),
            35 => AdministrationCodec.ReadLimits(ref from),
            _ => throw new WireFormatException($"result {tag} is unknown"),
        };
    }

    private static Sections ReadSections(ref WireReader from)
    {
        var descriptors = new SectionDescriptor[from.Count(DescriptorSizeMinBytes)];
        for (var i = 0; i < descriptors.Length; i++)
            descriptors[i] = SectionCodec.ReadDescriptor(ref from);
        return new Sections(descriptors);
    }
}
