using System.Buffers.Binary;

namespace Checkpoint.Protocol;

/// <summary>One piece of a message that is larger than a frame. Pieces of one parcel come in order; those of several may be mixed.</summary>
/// <param name="Id">Chosen by the sender, unique among the parcels that it has on the way.</param>
/// <param name="Index">From 0.</param>
/// <param name="Count">Pieces in all: the last has index Count - 1.</param>
/// <param name="Bytes">Not empty, at most <see cref="ParcelSplitter.PieceMaxBytes"/>.</param>
public sealed record Parcel(ulong Id, int Index, int Count, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Id, index and count before the bytes.</summary>
    public const int HeaderBytes = 16;

    /// <summary>The Akka manifest, beside those of <see cref="SessionCodec.ManifestOf"/>.</summary>
    public const string Manifest = "p";

    public byte[] Encode()
    {
        var bytes = new byte[HeaderBytes + Bytes.Length];
        WriteHeader(bytes);
        Bytes.Span.CopyTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }

    /// <param name="to">At least <see cref="HeaderBytes"/> long; the bytes of the piece follow it on the wire.</param>
    public void WriteHeader(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to, Id);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], Index);
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], Count);
    }

    /// <exception cref="WireFormatException">Too short, too long, or index and count do not fit.</exception>
    public static Parcel Read(ReadOnlyMemory<byte> message)
    {
        var from = new WireReader(message);
        var parcel = new Parcel(from.U64(), from.I32(), from.I32(), from.Raw(from.Remaining));
        if (parcel.Count < 1 || parcel.Index < 0 || parcel.Index >= parcel.Count)
            throw new WireFormatException($"piece {parcel.Index} of {parcel.Count}");
        if (parcel.Bytes.Length is 0 or > ParcelSplitter.PieceMaxBytes)
            throw new WireFormatException($"a piece of {parcel.Bytes.Length} bytes, at most {ParcelSplitter.PieceMaxBytes}");
        return parcel;
    }
}
