using System.Buffers;
using Checkpoint.Actors.Replication.Links;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Actors.Replication;

/// <summary>A large message on its way between two agents: no step of either copies all of it.</summary>
public sealed class LargeMessageTests
{
    private const int Size = 16 * 1024 * 1024;
    private const int StepMax = 512 * 1024;

    [Fact(DisplayName = "Encoding an update with large data copies none of it, and the bytes are the same")]
    public void Encoding()
    {
        var data = new byte[Size];
        new Random(3).NextBytes(data);
        WriteElement[] elements = [new(new SectionId("a"), 7, data), new(new SectionId("b"), 0, new byte[] { 1, 2 }), new(new SectionId("c"), 0, data.AsMemory(1, Size / 2))];
        HostMessage[] messages =
        [
            new HostMessage.Change(4, new IncarnationId(new Guid(1, 2, 3, new byte[8])), 5, 6, new SessionId(default), 7, 8, 9, new ContentOp.Write(elements)),
            new HostMessage.Append(4, new IncarnationId(new Guid(1, 2, 3, new byte[8])), 5, 6,
                [new LogEntry(1, 2, 3, new LogBody.Content(new ContentOp.Overwrite(new SectionId("a"), data), default, 0, 1))]),
            new HostMessage.QueryAnswer(4, 5, false, new QueryResult.Read([data, default, data.AsMemory(3)])),
        ];
        foreach (var message in messages)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var bytes = HostMessageCodec.Encode(message);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, StepMax);

            var again = HostMessageCodec.Encode(HostMessageCodec.Decode(bytes.ToArray()));
            Assert.True(bytes.ToArray().AsSpan().SequenceEqual(again.ToArray()));
            Assert.Equal(message.GetType(), HostMessageCodec.Decode(bytes.ToArray()).GetType());
        }
    }

    [Fact(DisplayName = "Joining a large message copies a little with each parcel, and takes no memory for what has not arrived")]
    public void Joining()
    {
        var message = new byte[Size];
        new Random(4).NextBytes(message);
        var link = new IncomingLink();
        ReadOnlyMemory<byte>? joined = null;
        var taken = 0L;
        for (var offset = 0; offset < Size; offset += LinkCodec.ParcelMaxBytes)
        {
            Assert.Null(joined);
            var parcel = new LinkPiece.Parcel(1, 1, offset, Size, message.AsMemory(offset, Math.Min(LinkCodec.ParcelMaxBytes, Size - offset)));
            var before = GC.GetAllocatedBytesForCurrentThread();
            joined = link.Accept(parcel);
            taken += GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.InRange(taken, 0, (2 * (offset + LinkCodec.ParcelMaxBytes)) + StepMax);
            if (joined is not null)
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, StepMax);
        }

        Assert.True(joined!.Value.Span.SequenceEqual(message));
        Assert.Equal(0, link.HeldBytes);
    }
}
