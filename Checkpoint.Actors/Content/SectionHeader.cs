using System.Buffers.Binary;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>
/// A section's header page: i64 size, i64 expiration time, i64 last update, i64 stamp, u8 state, little-endian. The same bytes stand
/// in the section map and in a fill.
/// </summary>
internal static class SectionHeader
{
    public const int LengthBytes = 33;

    public static byte[] Encode(Section section)
    {
        var bytes = new byte[LengthBytes];
        var span = bytes.AsSpan();
        BinaryPrimitives.WriteInt64LittleEndian(span, section.Size);
        BinaryPrimitives.WriteInt64LittleEndian(span[8..], section.ExpirationTime);
        BinaryPrimitives.WriteInt64LittleEndian(span[16..], section.LastUpdate);
        BinaryPrimitives.WriteInt64LittleEndian(span[24..], section.Stamp);
        span[32] = (byte)section.State;
        return bytes;
    }

    /// <summary>The section with room for its pages, none of them there yet.</summary>
    /// <exception cref="WireFormatException">No such state, or a size that no section has.</exception>
    public static Section Decode(SectionId id, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != LengthBytes)
            throw new WireFormatException($"a section header of {bytes.Length} bytes");
        var size = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (size is < 0 or > ContentLimits.SectionSizeMaxBytes)
            throw new WireFormatException($"a section of {size} bytes");
        var state = (SectionState)bytes[32];
        if (state is not (SectionState.Valid or SectionState.Corrupted))
            throw new WireFormatException($"a section in state {(byte)state}");
        return new(
            id,
            size,
            new byte[SectionPages.CountOf(size)][],
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            state,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));
    }
}
