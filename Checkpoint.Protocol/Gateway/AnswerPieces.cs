using System.Buffers.Binary;

namespace Checkpoint.Protocol;

/// <summary>
/// Cuts a large <see cref="SessionProtocol.Data"/> answer into the same pieces as <see cref="ParcelSplitter"/> would, one at a time and without
/// having it as one array first.
/// </summary>
public static class AnswerPieces
{
    /// <param name="space">Where each piece is made, of <see cref="ParcelSplitter.PieceMaxBytes"/>; null: each in an array of its own.</param>
    public static IEnumerable<Parcel> Cut(ulong id, SessionProtocol.Answer answer, Memory<byte>? space = null)
    {
        var buffers = ((SessionProtocol.Data)answer.Body!).Buffers;
        var writer = new WireWriter();
        SessionCodec.WriteDataHead(writer, answer);
        using var parts = Parts(writer.ToArray(), buffers).GetEnumerator();
        var left = writer.Length + buffers.Sum(buffer => (long)sizeof(uint) + buffer.Length);
        var count = (int)((left + ParcelSplitter.PieceMaxBytes - 1) / ParcelSplitter.PieceMaxBytes);
        var part = ReadOnlyMemory<byte>.Empty;
        for (var index = 0; index < count; index++)
        {
            var length = (int)Math.Min(left, ParcelSplitter.PieceMaxBytes);
            var piece = space is { } given ? given[..length] : new byte[length];
            part = Fill(piece.Span, part, parts);
            left -= length;
            yield return new Parcel(id, index, count, piece);
        }
    }

    /// <returns>What is left of the last part that was begun.</returns>
    private static ReadOnlyMemory<byte> Fill(Span<byte> piece, ReadOnlyMemory<byte> part, IEnumerator<ReadOnlyMemory<byte>> parts)
    {
        while (true)
        {
            var bytes = Math.Min(part.Length, piece.Length);
            part.Span[..bytes].CopyTo(piece);
            piece = piece[bytes..];
            part = part[bytes..];
            if (piece.IsEmpty)
                return part;
            parts.MoveNext();
            part = parts.Current;
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Parts(byte[] head, IReadOnlyList<ReadOnlyMemory<byte>> buffers)
    {
        yield return head;
        foreach (var buffer in buffers)
        {
            var length = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)buffer.Length);
            yield return length;
            foreach (var part in ScatteredMemory.PartsOf(buffer))
                yield return part;
        }
    }
}
