namespace Checkpoint.Protocol;

/// <summary>The bytes of what is said about sections: changes and descriptors (docs/WIRE.md, "Content").</summary>
public static class SectionCodec
{
    /// <summary>Kind, an id's length, an offset, a size.</summary>
    private const int ChangeSizeMinBytes = 1 + 2 + 8 + 8;

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
