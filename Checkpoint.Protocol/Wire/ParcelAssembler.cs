namespace Checkpoint.Protocol;

/// <summary>What became of one piece.</summary>
/// <param name="Message">The whole message, when this was its last piece.</param>
/// <param name="RefusedHead">
/// The first piece of a parcel that is above the limits: its remaining pieces will be swallowed. It holds the id of the request,
/// so that the request can be answered NO_MEMORY.
/// </param>
/// <param name="Reserved">Bytes of the assembler's room that the whole message holds; its taker gives them back.</param>
public readonly record struct ParcelOutcome(ReadOnlyMemory<byte>? Message, ReadOnlyMemory<byte>? RefusedHead, long Reserved = 0);

/// <summary>
/// Puts pieces together again. Memory grows with the bytes that arrived, never with what a peer announced, and never above
/// the limits given. Not thread-safe.
/// </summary>
/// <param name="bytesMax">Bytes of all unfinished parcels together.</param>
/// <param name="parcelsMax">Unfinished parcels at a time.</param>
/// <param name="room">Where a parcel's bytes, as announced, are reserved before its first piece is kept: begun ones can then be finished. Null: nowhere.</param>
public sealed class ParcelAssembler(long bytesMax, int parcelsMax = 64, IByteRoom? room = null)
{
    private readonly Dictionary<ulong, Unfinished> _unfinished = [];

    /// <summary>Bytes held for unfinished parcels.</summary>
    public long BytesHeld { get; private set; }

    public long BytesMax => bytesMax;

    /// <summary>A parcel waits for its next piece.</summary>
    public bool HasUnfinished => _unfinished.Count > 0;

    /// <exception cref="WireFormatException">A piece out of order, of another count, or one parcel too many.</exception>
    public ParcelOutcome Add(Parcel piece)
    {
        var outcome = Take(piece);
        room?.Arriving(_unfinished.Count > 0);
        return outcome;
    }

    private ParcelOutcome Take(Parcel piece)
    {
        if (!_unfinished.TryGetValue(piece.Id, out var parcel))
            parcel = Begin(piece);
        if (piece.Index != parcel.Next || piece.Count != parcel.Count)
            throw new WireFormatException($"piece {piece.Index} of {piece.Count}, expected was {parcel.Next} of {parcel.Count}");

        if (piece.Bytes.Length < ParcelSplitter.PieceMinBytes && piece.Index < piece.Count - 1)
            throw new WireFormatException($"a piece of {piece.Bytes.Length} bytes, at least {ParcelSplitter.PieceMinBytes}");

        parcel.Next++;
        if (parcel.IsRefused)
            return Swallow(piece, parcel);
        if (BytesHeld + piece.Bytes.Length > bytesMax || !HasRoom(piece, parcel))
            return Refuse(piece, parcel);

        BytesHeld += piece.Bytes.Length;
        parcel.Bytes += piece.Bytes.Length;
        parcel.Pieces.Add(piece.Bytes);
        if (parcel.Next < parcel.Count)
            return default;
        return TryJoin(piece.Id, parcel) is { } message ? new ParcelOutcome(message, null, parcel.Reserved) : Refuse(piece, parcel);
    }

    /// <summary>By the size of its pieces so far: senders cut evenly. One that lets them grow needs more room for the rest.</summary>
    private bool HasRoom(Parcel piece, Unfinished parcel)
    {
        var bytes = parcel.Bytes + piece.Bytes.Length;
        if (room is null || bytes <= parcel.Reserved)
            return true;
        var announced = Math.Min(parcel.Bytes + ((long)(piece.Count - piece.Index) * piece.Bytes.Length), bytesMax);
        if (!room.TryReserve(announced - parcel.Reserved))
            return false;
        parcel.Reserved = announced;
        return true;
    }

    private Unfinished Begin(Parcel piece)
    {
        if (_unfinished.Count >= parcelsMax)
            throw new WireFormatException($"{_unfinished.Count} unfinished parcels, at most {parcelsMax}");
        var parcel = new Unfinished(piece.Count);
        _unfinished.Add(piece.Id, parcel);
        return parcel;
    }

    private ParcelOutcome Refuse(Parcel piece, Unfinished parcel)
    {
        var head = parcel.Pieces.Count > 0 ? parcel.Pieces[0] : piece.Bytes;
        BytesHeld -= parcel.Bytes;
        parcel.Pieces.Clear();
        parcel.IsRefused = true;
        room?.Release(parcel.Reserved);
        parcel.Reserved = 0;
        Swallow(piece, parcel);
        return new ParcelOutcome(null, head);
    }

    private ParcelOutcome Swallow(Parcel piece, Unfinished parcel)
    {
        if (parcel.Next == parcel.Count)
            _unfinished.Remove(piece.Id);
        return default;
    }

    /// <returns>Null when this process has no memory for the whole: then its sender is told so.</returns>
    private byte[]? TryJoin(ulong id, Unfinished parcel)
    {
        byte[] message;
        try
        {
            message = new byte[parcel.Bytes];
        }
        catch (OutOfMemoryException)
        {
            return null;
        }

        var at = 0;
        for (var i = 0; i < parcel.Pieces.Count; i++)
        {
            parcel.Pieces[i].Span.CopyTo(message.AsSpan(at));
            at += parcel.Pieces[i].Length;
            parcel.Pieces[i] = default; // Free before the next one is copied: a collection in between need not find both.
        }

        _unfinished.Remove(id);
        BytesHeld -= parcel.Bytes;
        return message;
    }

    private sealed class Unfinished(int count)
    {
        public int Count { get; } = count;

        public int Next { get; set; }

        public long Bytes { get; set; }

        public bool IsRefused { get; set; }

        public long Reserved { get; set; }

        public List<ReadOnlyMemory<byte>> Pieces { get; } = [];
    }
}
