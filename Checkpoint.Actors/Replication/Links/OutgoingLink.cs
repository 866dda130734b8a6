using System.Buffers;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication.Links;

/// <summary>
/// The sending half of the link to one host; pure. Small messages go at once; bigger ones go as parcels, lane by lane in turn, while
/// the window of unacknowledged bytes is open, so that no heartbeat ever stands behind more than one window of data.
/// Within a lane order is kept: a small message waits behind the parcels before it. Lane <see cref="Guid.Empty"/> has no order: its
/// small messages never wait.
/// What a silent link does not acknowledge in time is given up: the machine above asks for what it misses.
/// </summary>
public sealed class OutgoingLink(long acknowledgeTimeout, int windowMaxBytes = OutgoingLink.WindowMaxBytes, long queueMaxBytes = OutgoingLink.QueueMaxBytes)
{
    /// <summary>Four parcels: enough for a gigabit link at 4 ms, few enough that a heartbeat behind them leaves within milliseconds.</summary>
    public const int WindowMaxBytes = 4 * LinkCodec.ParcelMaxBytes;

    /// <summary>What waits for one peer at most; the orderer's credits keep it far below this.</summary>
    public const long QueueMaxBytes = 512L * 1024 * 1024;

    /// <summary>Messages being cut at the same time: the receiver holds one buffer for each.</summary>
    public const int StreamsMax = 8;

    private readonly Dictionary<Guid, Lane> _lanes = [];
    private readonly LinkedList<Lane> _turn = new();
    private readonly Queue<(ulong Number, int Bytes)> _travelling = new();
    private ulong _number;
    private ulong _stream;
    private int _travellingBytes;
    private long _heardAt;

    /// <summary>Bytes that wait for the window.</summary>
    public long QueuedBytes { get; private set; }

    /// <summary>Messages given up: the queue was full or the link silent.</summary>
    public long Lost { get; private set; }

    /// <summary>True when something waits for the window, so that <see cref="Tick"/> matters.</summary>
    public bool IsBusy => _travelling.Count > 0 || _turn.Count > 0;

    /// <summary>Sends or queues <paramref name="message"/>. False: given up, because it or the queue is above its limit.</summary>
    /// <param name="message">Not written to by anyone afterwards.</param>
    /// <param name="pieces">What goes out now is appended here, in order.</param>
    public bool Send(Guid lane, ReadOnlySequence<byte> message, long now, List<LinkPiece> pieces)
    {
        var waits = _lanes.GetValueOrDefault(lane);
        if (message.Length <= LinkCodec.WholeMaxBytes && (waits is null || lane == Guid.Empty))
        {
            pieces.Add(new LinkPiece.Whole(Joined(message)));
            return true;
        }

        if (message.Length > LinkCodec.MessageMaxBytes || QueuedBytes + message.Length > queueMaxBytes)
        {
            Lost++;
            return false;
        }

        if (waits is null)
        {
            waits = new Lane(lane);
            _lanes.Add(lane, waits);
            _turn.AddLast(waits);
        }

        if (!IsBusy || _travelling.Count == 0)
            _heardAt = now;
        waits.Messages.Enqueue(message);
        QueuedBytes += message.Length;
        Pump(pieces);
        return true;
    }

    /// <summary>The receiver has, or will never have, everything up to <paramref name="number"/>.</summary>
    public void Arrived(ulong number, long now, List<LinkPiece> pieces)
    {
        while (_travelling.TryPeek(out var oldest) && oldest.Number <= number)
        {
            _travelling.Dequeue();
            _travellingBytes -= oldest.Bytes;
            _heardAt = now;
        }

        Pump(pieces);
    }

    /// <summary>Gives up what travels when nothing has been acknowledged for the timeout, and goes on with what waits behind it.</summary>
    public void Tick(long now, List<LinkPiece> pieces)
    {
        if (_travelling.Count == 0 || now - _heardAt < acknowledgeTimeout)
            return;
        _travelling.Clear();
        _travellingBytes = 0;
        _heardAt = now;
        for (var node = _turn.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.Cut > 0)
                GiveUpHead(node);
            node = next;
        }

        Pump(pieces);
    }

    private void GiveUpHead(LinkedListNode<Lane> node)
    {
        var lane = node.Value;
        QueuedBytes -= lane.Messages.Dequeue().Length - lane.Cut;
        (lane.Cut, lane.Rest) = (0, default);
        Lost++;
        if (lane.Messages.Count == 0)
            Leave(node);
    }

    private void Pump(List<LinkPiece> pieces)
    {
        var streams = _turn.Count(lane => lane.Cut > 0);
        var passed = 0;
        while (_turn.First is { } node && passed < _turn.Count)
        {
            var lane = node.Value;
            var fresh = lane.Cut == 0;
            if (_travellingBytes >= windowMaxBytes)
                return;
            if (fresh && streams >= StreamsMax)
            {
                passed++; // This lane's turn comes when a message before it is through.
                _turn.RemoveFirst();
                _turn.AddLast(node);
                continue;
            }

            passed = 0;
            streams += fresh ? 1 : 0;
            if (SendNext(lane, pieces))
                streams--;
            _turn.RemoveFirst();
            if (lane.Messages.Count == 0)
                _lanes.Remove(lane.Id);
            else
                _turn.AddLast(node);
        }
    }

    /// <summary>One parcel, or a whole small message, from the head of the lane. True when the head is through.</summary>
    private bool SendNext(Lane lane, List<LinkPiece> pieces)
    {
        var message = lane.Messages.Peek();
        if (lane.Cut == 0 && message.Length <= LinkCodec.WholeMaxBytes)
        {
            pieces.Add(new LinkPiece.Whole(Joined(message)));
            QueuedBytes -= message.Length;
            lane.Messages.Dequeue();
            return true;
        }

        if (lane.Cut == 0)
            (lane.Stream, lane.Rest) = (++_stream, message);
        var length = (int)Math.Min(LinkCodec.ParcelMaxBytes, lane.Rest.Length);
        pieces.Add(new LinkPiece.Parcel(++_number, lane.Stream, lane.Cut, (int)message.Length, Joined(lane.Rest.Slice(0, length))));
        lane.Rest = lane.Rest.Slice(length);
        _travelling.Enqueue((_number, length));
        _travellingBytes += length;
        QueuedBytes -= length;
        lane.Cut += length;
        if (lane.Cut < message.Length)
            return false;
        (lane.Cut, lane.Rest) = (0, default);
        lane.Messages.Dequeue();
        return true;
    }

    /// <summary>A copy only where it lies in several places.</summary>
    private static ReadOnlyMemory<byte> Joined(ReadOnlySequence<byte> bytes) => bytes.IsSingleSegment ? bytes.First : bytes.ToArray();

    private void Leave(LinkedListNode<Lane> node)
    {
        _turn.Remove(node);
        _lanes.Remove(node.Value.Id);
    }

    private sealed class Lane(Guid id)
    {
        public Guid Id { get; } = id;

        public Queue<ReadOnlySequence<byte>> Messages { get; } = new();

        /// <summary>Bytes of the first message that are on their way; 0 when it is not begun.</summary>
        public int Cut { get; set; }

        /// <summary>The bytes of it that are not; empty when it is not begun.</summary>
        public ReadOnlySequence<byte> Rest { get; set; }

        public ulong Stream { get; set; }
    }
}
