using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication.Links;

/// <summary>
/// The receiving half of the link from one host; pure. Joins parcels to messages. A message of which a parcel is missing is dropped
/// without a word: the machine above asks for what it misses. Buffers hold only what arrived, whatever length was announced.
/// </summary>
public sealed class IncomingLink
{
    private readonly Dictionary<ulong, Joining> _joining = [];

    /// <summary>Bytes held for messages that are not complete.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Messages dropped because a parcel was missing.</summary>
    public long Torn { get; private set; }

    /// <summary>The whole message when this parcel completes one, else null.</summary>
    public ReadOnlyMemory<byte>? Accept(LinkPiece.Parcel parcel)
    {
        if (parcel.Offset == 0)
            Begin(parcel);
        if (!_joining.TryGetValue(parcel.Stream, out var joining))
            return null; // Its beginning was lost, or it was dropped.
        if (joining.Length != parcel.Offset || joining.Total != parcel.Total)
        {
            Drop(parcel.Stream);
            return null;
        }

        joining.Parcels.Add(parcel.Bytes);
        joining.Length += parcel.Bytes.Length;
        HeldBytes += parcel.Bytes.Length;
        if (joining.Length < joining.Total)
            return null;
        _joining.Remove(parcel.Stream);
        HeldBytes -= joining.Length;
        return joining.Whole();
    }

    private void Begin(LinkPiece.Parcel first)
    {
        if (_joining.ContainsKey(first.Stream))
            Drop(first.Stream);

        // The sender cuts at most StreamsMax at a time and numbers them upward: more means that the oldest lost its end.
        if (_joining.Count >= OutgoingLink.StreamsMax)
            Drop(_joining.Keys.Min());
        _joining.Add(first.Stream, new Joining(first.Total));
    }

    private void Drop(ulong stream)
    {
        if (!_joining.Remove(stream, out var joining))
            return;
        HeldBytes -= joining.Length;
        Torn++;
    }

    private sealed class Joining(int total)
    {
        public int Total { get; } = total;

        public int Length { get; set; }

        public List<ReadOnlyMemory<byte>> Parcels { get; } = [];

        public ReadOnlyMemory<byte> Whole()
        {
            var whole = new byte[Total];
            var offset = 0;
            foreach (var parcel in Parcels)
            {
                parcel.CopyTo(whole.AsMemory(offset));
                offset += parcel.Length;
            }

            return whole;
        }
    }
}
