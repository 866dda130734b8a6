using System.Buffers.Binary;
using Checkpoint.Transport.Connections;
using CsCheck;

namespace Checkpoint.Tests.Transport;

public sealed class FrameCutterTests
{
    private const int FrameMax = 200_000;

    [Fact(DisplayName = "However the bytes arrive, every frame is had once, whole and in order")]
    public void Cuts_wherever() =>
        Gen.Select(Gen.OneOf(Gen.Int[0, 100], Gen.Int[0, FrameMax]).Array[1, 12], Gen.OneOf(Gen.Int[1, 9], Gen.Int[1, 100_000]).Array[1, 8])
            .Sample((lengths, arrivals) =>
            {
                var sent = lengths.Select((length, number) => Frame(length, (byte)number)).ToList();
                List<string> had = [];
                var cutter = new FrameCutter(FrameMax, frame => had.Add(Convert.ToHexString(frame)));
                var wire = sent.SelectMany(OnWire).ToArray();
                for (int at = 0, turn = 0; at < wire.Length; turn++)
                {
                    var count = Math.Min(Math.Min(arrivals[turn % arrivals.Length], cutter.Free.Length), wire.Length - at);
                    wire.AsSpan(at, count).CopyTo(cutter.Free.Span);
                    cutter.Added(count);
                    at += count;
                }

                Assert.Equal(sent.Select(Convert.ToHexString), had);
                Assert.True(cutter.IsBetweenFrames);
            }, iter: 60);

    [Theory(DisplayName = "A length that no frame has is refused before anything is allocated for it")]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(FrameMax + 1)]
    [InlineData(int.MaxValue)]
    public void Refuses(int length)
    {
        var cutter = new FrameCutter(FrameMax, _ => Assert.Fail("no frame"));
        BinaryPrimitives.WriteInt32LittleEndian(cutter.Free.Span, length);

        var fault = Assert.Throws<FrameException>(() => cutter.Added(4));

        Assert.Equal($"a frame of {length} bytes was announced; the limit is {FrameMax}", fault.Message);
    }

    [Fact(DisplayName = "The end of the stream within a header or a frame is told from one between frames")]
    public void Knows_where_it_is()
    {
        var cutter = new FrameCutter(FrameMax, _ => { });
        Assert.True(cutter.IsBetweenFrames);
        foreach (var next in OnWire(Frame(3, 7)))
        {
            cutter.Free.Span[0] = next;
            cutter.Added(1);
        }

        Assert.True(cutter.IsBetweenFrames);
        cutter.Free.Span[0] = 1;
        cutter.Added(1);
        Assert.False(cutter.IsBetweenFrames);
    }

    private static byte[] Frame(int length, byte value)
    {
        var frame = new byte[length];
        Array.Fill(frame, value);
        return frame;
    }

    private static byte[] OnWire(byte[] frame)
    {
        var bytes = new byte[4 + frame.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, frame.Length);
        frame.CopyTo(bytes, 4);
        return bytes;
    }
}
