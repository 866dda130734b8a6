namespace Checkpoint.Protocol;

/// <summary>What became of one piece.</summary>
/// <param name="Message">The whole message, when this was its last piece.</param>
/// <param name="RefusedHead">
/// The first piece of a parcel that is above the limits: its remaining pieces will be swallowed. It holds the id of the request,
/// so that the request can be answered NO_MEMORY.
/// </param>
public readonly record struct ParcelOutcome(ReadOnlyMemory<byte>? Message, ReadOnlyMemory<byte>? RefusedHead);

/// <summary>
/// Puts pieces together again. Memory grows with the bytes that arrived, never with what a peer announced, and never above
/// the limits given. Not thread-safe.
/// </summary>
/// <param name="bytesMax">Bytes of all unfinished parcels together.</param>
/// <param name="parcelsMax">Unfinished parcels at a time.</param>
public sealed class ParcelAssembler(long bytesMax, int parcelsMax = 64)
{
    private readonly Dictionary<ulong, Unfinished> _unfinished = [];

    /// <summary>Bytes held for unfinished parcels.</summary>
    public long BytesHeld { get; private set; }

    public long BytesMax => bytesMax;

    /// <exception cref="WireFormatException">A piece out of order, of another count, or one parcel too many.</exception>
    public ParcelOutcome Add(Parcel piece)
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
        if (BytesHeld + piece.Bytes.Length > bytesMax)
            return Refuse(piece, parcel);

        BytesHeld += piece.Bytes.Length;
        parcel.Bytes += piece.Bytes.Length;
        parcel.Pieces.Add(piece.Bytes);
        return parcel.Next < parcel.Count ? default : new ParcelOutcome(Join(piece.Id, parcel), null);
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
        Swallow(piece, parcel);
        return new ParcelOutcome(null, head);
    }

    private ParcelOutcome Swallow(Parcel piece, Unfinished parcel)
    {
        if (parcel.Next == parcel.Count)
            _unfinished.Remove(piece.Id);
        return default;
    }

    private byte[] Join(ulong id, Unfinished parcel)
    {
        var message = new byte[parcel.Bytes];
        var at = 0;
        foreach (var piece in parcel.Pieces)
        {
            piece.Span.CopyTo(message.AsSpan(at));
            at += piece.Length;
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

        public List<ReadOnlyMemory<byte>> Pieces { get; } = [];
    }
}
