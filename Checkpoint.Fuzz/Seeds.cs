using System.Buffers.Binary;
using Checkpoint.Protocol;

namespace Checkpoint.Fuzz;

/// <summary>The first corpus: each golden message as the stream of a connection, whole, in pieces, and larger than the reader's limit.</summary>
public static class Seeds
{
    private const ushort Version = SessionProtocol.Version;

    /// <summary>A cut into reads of three bytes, which are awaited.</summary>
    private const byte AwaitedThree = 0x80 | 3;

    public static IEnumerable<byte[]> Of(string goldenFile) =>
        File.ReadLines(goldenFile)
            .Where(line => !line.StartsWith('#') && line.Contains(' '))
            .Select(line => Convert.FromHexString(line[(line.IndexOf(' ') + 1)..]))
            .SelectMany(Streams);

    private static IEnumerable<byte[]> Streams(byte[] message)
    {
        var padded = new byte[ParcelSplitter.PieceMinBytes];
        message.CopyTo(padded, 0);
        yield return [.. Begin(0), .. Frame(FrameType.Message, message)];
        yield return [.. Begin(AwaitedThree), .. Frame(FrameType.Message, message), .. Frame(FrameType.Message, message)];
        yield return [.. Begin(0), .. Piece(0, 1, message)];
        yield return [.. Begin(0), .. Piece(0, 2, padded), .. Piece(1, 2, message)];
        const int Pieces = 2 + (Target.ParcelBytesMax / ParcelSplitter.PieceMinBytes);
        yield return [.. Begin(0), .. Enumerable.Range(0, Pieces).SelectMany(index => Piece(index, Pieces, padded))];
    }

    private static byte[] Begin(byte step) => [step, .. GatewayFrame.Preamble(Version)];

    private static byte[] Piece(int index, int count, byte[] bytes)
    {
        var header = new byte[Parcel.HeaderBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header, 7);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), index);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), count);
        return Frame(FrameType.Piece, [.. header, .. bytes]);
    }

    private static byte[] Frame(FrameType type, byte[] payload)
    {
        var header = new byte[GatewayFrame.HeaderBytes];
        GatewayFrame.WriteHeader(header, type, payload.Length);
        return [.. header, .. payload];
    }
}
