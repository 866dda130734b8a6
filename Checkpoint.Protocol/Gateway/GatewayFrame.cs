using System.Buffers.Binary;

namespace Checkpoint.Protocol;

/// <summary>What a frame's payload is.</summary>
public enum FrameType : ushort
{
    /// <summary>One whole <see cref="SessionProtocol.IMessage"/>.</summary>
    Message = 1,

    /// <summary>One <see cref="Parcel"/> of a larger message.</summary>
    Piece = 2,
}

/// <summary>
/// The frame of the local socket, little-endian: u32 length of what follows the eight header bytes, u16 <see cref="FrameType"/>,
/// u16 flags (0), payload. Before the first frame each side sends the preamble: "CKPT", u16 version, u16 0.
/// </summary>
public static class GatewayFrame
{
    public const int HeaderBytes = 8;

    /// <summary>Header and payload together. Larger messages go in pieces.</summary>
    public const int FrameMaxBytes = 256 * 1024;

    public const int PayloadMaxBytes = FrameMaxBytes - HeaderBytes;

    public const int PreambleBytes = 8;

    /// <summary>"CKPT" as its four bytes stand on the wire.</summary>
    private const uint Magic = 0x54504B43;

    /// <summary>Checks the length before anybody allocates by it.</summary>
    /// <exception cref="WireFormatException">Too long, empty, of an unknown type, or with flags.</exception>
    public static (FrameType Type, int PayloadBytes) ReadHeader(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header);
        var type = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        if (length is 0 or > PayloadMaxBytes)
            throw new WireFormatException($"a frame of {length} bytes, allowed are 1 to {PayloadMaxBytes}");
        if (type is < (ushort)FrameType.Message or > (ushort)FrameType.Piece)
            throw new WireFormatException($"frame type {type} is unknown");
        if (flags != 0)
            throw new WireFormatException($"frame flags {flags} are unknown");
        return ((FrameType)type, (int)length);
    }

    /// <param name="to">At least <see cref="HeaderBytes"/> long.</param>
    public static void WriteHeader(Span<byte> to, FrameType type, int payloadBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)payloadBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(to[4..], (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(to[6..], 0);
    }

    public static byte[] Preamble(ushort version)
    {
        var bytes = new byte[PreambleBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), version);
        return bytes;
    }

    /// <returns>The peer's protocol version; whether it suits is the caller's to say.</returns>
    /// <exception cref="WireFormatException">The peer does not speak this protocol at all.</exception>
    public static ushort ReadPreamble(ReadOnlySpan<byte> preamble)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(preamble) != Magic || BinaryPrimitives.ReadUInt16LittleEndian(preamble[6..]) != 0)
            throw new WireFormatException("the connection does not begin with the preamble");
        return BinaryPrimitives.ReadUInt16LittleEndian(preamble[4..]);
    }
}
