namespace Checkpoint.Protocol;

/// <summary>The bytes of what is said about sections: changes, descriptors, lists of ids (docs/WIRE.md, "Content").</summary>
public static class SectionCodec
{
    /// <summary>Kind, an id's length, an offset, a size.</summary>
    private const int ChangeSizeMinBytes = 1 + 2 + 8 + 8;

    /// <summary>Absent descriptors are one byte.</summary>
    private const int DescriptorSizeMinBytes = 1;

    private const int IdSizeMinBytes = 2;

    public static void WriteChanges(WireWriter writer, IReadOnlyList<SectionChange> changes)
    {
        writer.I32(changes.Count);
        foreach (var change in changes)
        {
            writer.U8((byte)change.Kind);
            writer.Section(change.Id);
            writer.I64(change.Offset);
            writer.I64(change.Size);
        }
    }

    /// <exception cref="WireFormatException">Not such a message.</exception>
    public static IReadOnlyList<SectionChange> ReadChanges(ref WireReader reader)
    {
        var changes = new SectionChange[reader.Count(ChangeSizeMinBytes)];
        for (var index = 0; index < changes.Length; index++)
            changes[index] = new(ReadKind(ref reader), reader.Section(), reader.I64(), reader.I64());
        return changes;
    }

    public static void WriteDescriptor(WireWriter writer, SectionDescriptor descriptor)
    {
        writer.Section(descriptor.Id);
        writer.I64(descriptor.ExpirationTime);
        writer.I64(descriptor.Size);
        writer.U8((byte)descriptor.State);
        writer.I64(descriptor.LastUpdate);
    }

    /// <exception cref="WireFormatException">Not such a message.</exception>
    public static SectionDescriptor ReadDescriptor(ref WireReader reader) =>
        new(reader.Section(), reader.I64(), reader.I64(), ReadState(ref reader), reader.I64());

    /// <summary>Null stands for a section that is gone.</summary>
    public static void WriteDescriptors(WireWriter writer, IReadOnlyList<SectionDescriptor?> descriptors)
    {
        writer.I32(descriptors.Count);
        foreach (var descriptor in descriptors)
        {
            writer.Bool(descriptor is not null);
            if (descriptor is not null)
                WriteDescriptor(writer, descriptor);
        }
    }

    /// <exception cref="WireFormatException">Not such a message.</exception>
    public static IReadOnlyList<SectionDescriptor?> ReadDescriptors(ref WireReader reader)
    {
        var descriptors = new SectionDescriptor?[reader.Count(DescriptorSizeMinBytes)];
        for (var index = 0; index < descriptors.Length; index++)
            descriptors[index] = reader.Bool() ? ReadDescriptor(ref reader) : null;
        return descriptors;
    }

    public static void WriteIds(WireWriter writer, IReadOnlyList<SectionId> ids)
    {
        writer.I32(ids.Count);
        foreach (var id in ids)
            writer.Section(id);
    }

    /// <exception cref="WireFormatException">Not such a message.</exception>
    public static IReadOnlyList<SectionId> ReadIds(ref WireReader reader)
    {
        var ids = new SectionId[reader.Count(IdSizeMinBytes)];
        for (var index = 0; index < ids.Length; index++)
            ids[index] = reader.Section();
        return ids;
    }

    private static SectionChangeKind ReadKind(ref WireReader reader)
    {
        var kind = (SectionChangeKind)reader.U8();
        return kind is >= SectionChangeKind.Created and <= SectionChangeKind.Expired
            ? kind
            : throw new WireFormatException($"section change of kind {(byte)kind}");
    }

    private static SectionState ReadState(ref WireReader reader)
    {
        var state = (SectionState)reader.U8();
        return state is SectionState.Valid or SectionState.Corrupted
            ? state
            : throw new WireFormatException($"section state {(byte)state}");
    }
}
