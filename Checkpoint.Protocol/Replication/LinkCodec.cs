namespace Checkpoint.Protocol;

/// <summary>
/// Bytes of a <see cref="LinkFrame"/> (docs/WIRE.md): u8 version, u8 kind, the sender (text, i64), i64 uid of the receiver, then by kind
/// 1 whole: the rest is the message; 2 parcel: u64 number, u64 stream, u32 offset, u32 total, the rest is the parcel;
/// 3 arrived: u64 number.
/// </summary>
public static class LinkCodec
{
    public const byte Version = 1;

    /// <summary>
    /// No frame is bigger (design invariant 8): 128 KiB of parcel leave room for the header, and a heartbeat behind a full
    /// window still goes out within milliseconds.
    /// </summary>
    public const int ParcelMaxBytes = 128 * 1024;

    /// <summary>A message up to this size travels whole and at once; above it parcels, with a window, keep the link free for heartbeats.</summary>
    public const int WholeMaxBytes = 16 * 1024;

    /// <summary>The biggest message at all.</summary>
    public const int MessageMaxBytes = 128 * 1024 * 1024;

    /// <summary>
    /// What one update, or the answer to one read, may have: more is refused before it is sent, since no link would take it. A section has 64 MiB at
    /// most; only a vector can be too big.
    /// </summary>
    public const int UpdateMaxBytes = MessageMaxBytes - (1024 * 1024);

    private const byte KindWhole = 1;
    private const byte KindParcel = 2;
    private const byte KindArrived = 3;

    public static byte[] Encode(HostId from, long toUid, LinkPiece piece)
    {
        var header = new WireWriter(64 + from.Address.Length);
        header.U8(Version);
        header.U8(piece switch
        {
            LinkPiece.Whole => KindWhole,
            LinkPiece.Parcel => KindParcel,
            LinkPiece.Arrived => KindArrived,
            _ => throw new InvalidOperationException($"no kind for {piece.GetType().Name}"),
        });
        header.Host(from);
        header.I64(toUid);
        switch (piece)
        {
            case LinkPiece.Whole whole:
                return [.. header.Written.Span, .. whole.Message.Span];
            case LinkPiece.Parcel parcel:
                header.U64(parcel.Number);
                header.U64(parcel.Stream);
                header.I32(parcel.Offset);
                header.I32(parcel.Total);
                return [.. header.Written.Span, .. parcel.Bytes.Span];
            case LinkPiece.Arrived arrived:
                header.U64(arrived.Number);
                break;
        }

        return header.ToArray();
    }

    /// <summary>Payloads are slices of <paramref name="bytes"/>.</summary>
    /// <exception cref="WireFormatException">The bytes are no frame of this version.</exception>
    public static LinkFrame Decode(ReadOnlyMemory<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var version = reader.U8();
        if (version != Version)
            throw new WireFormatException($"link version {version}, this host speaks {Version}");
        var kind = reader.U8();
        var from = reader.Host();
        var toUid = reader.I64();
        return new LinkFrame(from, toUid, Piece(kind, ref reader));
    }

    private static LinkPiece Piece(byte kind, ref WireReader reader)
    {
        switch (kind)
        {
            case KindWhole:
                return new LinkPiece.Whole(reader.Raw(reader.Remaining));
            case KindParcel:
                return Parcel(ref reader);
            case KindArrived:
                var arrived = new LinkPiece.Arrived(reader.U64());
                reader.End();
                return arrived;
            default:
                throw new WireFormatException($"{kind} is no kind of link frame");
        }
    }

    private static LinkPiece.Parcel Parcel(ref WireReader reader)
    {
        var (number, stream, offset, total) = (reader.U64(), reader.U64(), reader.I32(), reader.I32());
        var length = reader.Remaining;
        if (total is <= 0 or > MessageMaxBytes)
            throw new WireFormatException($"a message of {total} bytes; the limit is {MessageMaxBytes}");
        if (length is 0 or > ParcelMaxBytes || offset < 0 || offset > total - length)
            throw new WireFormatException($"a parcel of {length} bytes at {offset} of {total}");
        return new LinkPiece.Parcel(number, stream, offset, total, reader.Raw(length));
    }
}
