namespace Checkpoint.Protocol;

/// <summary>The bytes of a <see cref="ContentResult"/> and of an <see cref="AisStatus"/> (docs/WIRE.md, "Content").</summary>
public static class ContentResultCodec
{
    public static void Write(WireWriter writer, ContentResult result)
    {
        WriteStatus(writer, result.Status);
        writer.OptionalText(result.Reason);
        writer.I32(result.ErroneousIndex);
        writer.Section(result.GeneratedId);
    }

    /// <exception cref="WireFormatException">Not such a message.</exception>
    public static ContentResult Read(ref WireReader reader) =>
        new(ReadStatus(ref reader), reader.OptionalText(), reader.I32(), reader.Section());

    /// <summary>One byte: the value of SaAisErrorT.</summary>
    public static void WriteStatus(WireWriter writer, AisStatus status) => writer.U8((byte)status);

    /// <exception cref="WireFormatException">No SaAisErrorT.</exception>
    public static AisStatus ReadStatus(ref WireReader reader)
    {
        var status = (AisStatus)reader.U8();
        return status is >= AisStatus.Ok and <= AisStatus.Unavailable
            ? status
            : throw new WireFormatException($"status {(int)status}");
    }
}
