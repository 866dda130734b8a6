using Checkpoint.Actors.Replication.Links;
using Checkpoint.Protocol;
using CsCheck;

namespace Checkpoint.Tests.Actors.Replication;

public sealed class LinkTests
{
    private const long Timeout = 1_000;
    private static readonly Guid LaneA = new(1, 0, 0, new byte[8]);
    private static readonly Guid LaneB = new(2, 0, 0, new byte[8]);

    [Fact(DisplayName = "Without loss every message arrives whole and in the order of its lane, whatever the sizes")]
    public void Everything_arrives_in_order()
    {
        var message = Gen.Select(Gen.Int[0, 3], Gen.OneOf(Gen.Int[1, 64], Gen.Int[1, 600_000]));
        message.List[1, 30].Sample(messages =>
        {
            var wire = new Wire();
            var number = 0;
            var expected = new Dictionary<Guid, List<byte[]>>();
            foreach (var (lane, size) in messages)
            {
                var bytes = Bytes(size, ++number);
                var id = new Guid(lane + 1, 0, 0, new byte[8]);
                expected.TryAdd(id, []);
                expected[id].Add(bytes);
                Assert.True(wire.Sender.Send(id, new(bytes), 0, wire.Pieces));
                if (number % 3 == 0)
                    wire.DeliverOne(0);
            }

            wire.DeliverAll(0);
            var delivered = wire.Delivered.Select(bytes => Convert.ToHexString(bytes.Span)).ToList();
            Assert.Equal(messages.Count, delivered.Count);
            foreach (var lane in expected.Values)
            {
                var order = lane.Select(bytes => delivered.IndexOf(Convert.ToHexString(bytes))).ToList();
                Assert.DoesNotContain(-1, order);
                Assert.Equal(order.Order(), order);
            }

            Assert.Equal((0L, 0L, 0L), (wire.Sender.QueuedBytes, wire.Receiver.HeldBytes, wire.Receiver.Torn));
        }, iter: 30);
    }

    [Fact(DisplayName = "A heartbeat stands behind no more than one window of data")]
    public void A_heartbeat_never_queues()
    {
        var wire = new Wire();
        wire.Sender.Send(LaneA, new(Bytes(64 * 1024 * 1024, 1)), 0, wire.Pieces);
        wire.Sender.Send(LaneB, new(Bytes(8 * 1024 * 1024, 2)), 0, wire.Pieces);
        wire.Sender.Send(Guid.Empty, new(Bytes(40, 3)), 0, wire.Pieces);

        var before = wire.Pieces.TakeWhile(piece => piece is LinkPiece.Parcel).Sum(piece => ((LinkPiece.Parcel)piece).Bytes.Length);
        Assert.Equal(OutgoingLink.WindowMaxBytes, before);
        Assert.IsType<LinkPiece.Whole>(wire.Pieces[^1]);
        Assert.All(wire.Pieces, piece => Assert.True(LinkCodec.Encode(new HostId("127.0.0.1:1", 1), 2, piece).Length < 256 * 1024));
    }

    [Fact(DisplayName = "Lanes take turns: a small update is not behind another checkpoint's 64 MiB")]
    public void Lanes_take_turns()
    {
        var wire = new Wire();
        wire.Sender.Send(LaneA, new(Bytes(64 * 1024 * 1024, 1)), 0, wire.Pieces);
        wire.Sender.Send(LaneB, new(Bytes(LinkCodec.ParcelMaxBytes, 2)), 0, wire.Pieces);
        var steps = 0;
        while (wire.Delivered.Count == 0 && steps++ < 1_000)
            wire.DeliverOne(0);

        Assert.Equal(LinkCodec.ParcelMaxBytes, Assert.Single(wire.Delivered).Length);
        Assert.InRange(steps, 1, 20);
    }

    [Fact(DisplayName = "Whatever parcels are lost, what arrives is whole, and the link goes on after the timeout")]
    public void Loss_tears_nothing()
    {
        Gen.Select(Gen.Int[20_000, 700_000].List[1, 12], Gen.Bool.List[40, 80]).Sample((sizes, losses) =>
        {
            var wire = new Wire();
            var sent = new HashSet<string>();
            for (var i = 0; i < sizes.Count; i++)
            {
                var bytes = Bytes(sizes[i], i);
                sent.Add(Convert.ToHexString(bytes));
                wire.Sender.Send(i % 2 == 0 ? LaneA : LaneB, new(bytes), 0, wire.Pieces);
            }

            var now = 0L;
            foreach (var lost in losses)
            {
                if (lost && wire.Pieces.Count > 0)
                    wire.Pieces.RemoveAt(0);
                else
                    wire.DeliverOne(now);
                now += Timeout / 4;
                wire.Sender.Tick(now, wire.Pieces);
            }

            for (var round = 0; round < 200 && (wire.Sender.IsBusy || wire.Pieces.Count > 0); round++)
            {
                wire.DeliverAll(now);
                wire.Sender.Tick(now += Timeout, wire.Pieces);
            }

            Assert.False(wire.Sender.IsBusy);
            Assert.Equal(0, wire.Sender.QueuedBytes);
            Assert.All(wire.Delivered, bytes => Assert.Contains(Convert.ToHexString(bytes.Span), sent));

            // One more goes through untouched.
            var last = Bytes(300_000, 99);
            wire.Delivered.Clear();
            Assert.True(wire.Sender.Send(LaneA, new(last), now, wire.Pieces));
            wire.DeliverAll(now);
            Assert.True(Assert.Single(wire.Delivered).Span.SequenceEqual(last));
        }, iter: 25);
    }

    [Fact(DisplayName = "A message above the limit, or a queue above it, is given up at once and counted")]
    public void Limits_hold()
    {
        var sender = new OutgoingLink(Timeout, queueMaxBytes: 1_000_000);
        List<LinkPiece> pieces = [];
        Assert.True(sender.Send(LaneA, new(Bytes(900_000, 1)), 0, pieces));
        var parcels = pieces.Count;
        Assert.False(sender.Send(LaneA, new(Bytes(900_000, 2)), 0, pieces));
        Assert.Equal((1L, parcels), (sender.Lost, pieces.Count));
    }

    private static byte[] Bytes(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private sealed class Wire
    {
        public OutgoingLink Sender { get; } = new(Timeout);

        public IncomingLink Receiver { get; } = new();

        public List<LinkPiece> Pieces { get; } = [];

        public List<ReadOnlyMemory<byte>> Delivered { get; } = [];

        public void DeliverAll(long now)
        {
            while (Pieces.Count > 0)
                DeliverOne(now);
        }

        public void DeliverOne(long now)
        {
            if (Pieces.Count == 0)
                return;
            var piece = Pieces[0];
            Pieces.RemoveAt(0);
            if (piece is LinkPiece.Whole whole)
                Delivered.Add(whole.Message);
            if (piece is not LinkPiece.Parcel parcel)
                return;
            if (Receiver.Accept(parcel) is { } message)
                Delivered.Add(message);
            Sender.Arrived(parcel.Number, now, Pieces);
        }
    }
}
