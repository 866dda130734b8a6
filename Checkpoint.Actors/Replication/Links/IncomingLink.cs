using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication.Links;

/// <summary>
/// The receiving half of the link from one host; pure. Joins parcels to messages. A message of which a parcel is missing is dropped
/// without a word: the machine above asks for what it misses. Memory is taken for what arrived, and for the
/// whole when half of it did, whatever length was announced.
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

        HeldBytes += parcel.Bytes.Length; // Before the room is taken, which may fail: what is held is given back all the same.
        joining.Add(parcel.Bytes);
        if (joining.Length < joining.Total)
            return null;
        _joining.Remove(parcel.Stream);
        HeldBytes -= joining.Length;
        return joining.Whole;
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

    /// <summary>
    /// Joins as it goes, so that the last parcel does not find all of a large message still to be copied: when half of it is here the other half is
    /// worth its memory, and from then on each parcel that comes has another copied besides it.
    /// </summary>
    private sealed class Joining(int total)
    {
        private const int ParcelsAtOnce = 2;

        private readonly Queue<ReadOnlyMemory<byte>> _parcels = new();
        private byte[]? _whole;
        private int _joined;

        public int Total { get; } = total;

        /// <summary>Bytes that are here.</summary>
        public int Length { get; private set; }

        /// <summary>When all are.</summary>
        public ReadOnlyMemory<byte> Whole
        {
            get
            {
                Join(int.MaxValue);
                return _whole;
            }
        }

        public void Add(ReadOnlyMemory<byte> parcel)
        {
            _parcels.Enqueue(parcel);
            Length += parcel.Length;
            if (Length >= Total / 2)
                Join(ParcelsAtOnce);
        }

        private void Join(int parcels)
        {
            _whole ??= GC.AllocateUninitializedArray<byte>(Total);
            for (; parcels > 0 && _parcels.TryDequeue(out var parcel); parcels--)
            {
                parcel.CopyTo(_whole.AsMemory(_joined));
                _joined += parcel.Length;
            }
        }
    }
}
