using Checkpoint.Protocol;
using Checkpoint.Tests.Protocol.Sessions;
using CsCheck;

namespace Checkpoint.Tests.Protocol.Gateway;

public sealed class FrameTests
{
    [Fact(DisplayName = "Messages written to a stream are read from it, small and large, by blocking and by awaiting")]
    public async Task Round_trip()
    {
        var stream = new MemoryStream();
        var writer = new FrameWriter(stream);
        var large = new SessionProtocol.Answer(5, AisStatus.Ok, Body: new SessionProtocol.Data([new byte[1_000_000], new byte[300_000]]));
        var messages = SessionSamples.All.Select(sample => sample.Message).Append(large).ToList();
        foreach (var message in messages)
            writer.Write(message);
        foreach (var message in messages)
            await writer.WriteAsync(message, CancellationToken.None);

        stream.Position = 0;
        var reader = new FrameReader(stream, 10_000_000);
        foreach (var message in messages)
            Assert.Equal(SessionCodec.Encode(message), SessionCodec.Encode(reader.Read()!.Value.Message!));
        foreach (var message in messages)
            Assert.Equal(SessionCodec.Encode(message), SessionCodec.Encode((await reader.ReadAsync(CancellationToken.None))!.Value.Message!));
        Assert.Null(reader.Read());
    }

    [Fact(DisplayName = "Frames are found whatever the sizes in which their bytes arrive")]
    public void Any_cut()
    {
        var whole = new MemoryStream();
        var writer = new FrameWriter(whole);
        foreach (var (_, message) in SessionSamples.All)
            writer.Write(message);
        writer.Write(new SessionProtocol.Answer(5, AisStatus.Ok, Body: new SessionProtocol.Data([new byte[100_000]])));
        var expected = SessionSamples.All.Count + 1;

        Gen.Int[1, 5000].Array[1, 20].Sample(sizes =>
        {
            var reader = new FrameReader(new CutStream(whole.ToArray(), sizes), 1_000_000);
            var count = 0;
            while (reader.Read() is not null)
                count++;
            Assert.Equal(expected, count);
        }, iter: 200);
    }

    [Fact(DisplayName = "Whatever a shortcut takes and leaves, and however the bytes arrive, every message is had once and in order")]
    public void Shortcut()
    {
        var whole = new MemoryStream();
        var writer = new FrameWriter(whole);
        List<byte[]> sent = [];
        for (ulong number = 0; number < 40; number++)
        {
            var message = new SessionProtocol.Answer(number, AisStatus.Ok, Body: new SessionProtocol.Data([new byte[number % 10 == 9 ? 300_000 : (int)number * 100]]));
            writer.Write(message);
            sent.Add(SessionCodec.Encode(message));
        }

        Gen.Select(Gen.Int[1, 5000].Array[1, 20], Gen.Bool.Array[1, 7]).Sample((sizes, takes) =>
        {
            var reader = new FrameReader(new CutStream(whole.ToArray(), sizes), 1_000_000);
            List<byte[]> had = [];
            var asked = 0;
            while (reader.Read(message =>
            {
                if (takes[asked++ % takes.Length])
                    had.Add(message.ToArray());
                return takes[(asked - 1) % takes.Length];
            }) is { } arrival)
                had.Add(SessionCodec.Encode(arrival.Message!));
            Assert.Equal(sent.Select(Convert.ToHexString), had.Select(Convert.ToHexString)); // As arrays: 70 s.
        }, iter: 50);
    }

    [Fact(DisplayName = "Length 4 GiB, unknown type, flags, or an end within a frame: a format error before anything is allocated")]
    public void Bad_frames()
    {
        byte[][] bad =
        [
            [0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0],
            [0, 0, 0, 0, 1, 0, 0, 0],
            [1, 0, 4, 0, 1, 0, 0, 0],
            [1, 0, 0, 0, 3, 0, 0, 0, 1],
            [1, 0, 0, 0, 1, 0, 1, 0, 1],
            [9, 0, 0, 0, 1, 0, 0, 0, 1],
            [9, 0, 0],
        ];
        foreach (var bytes in bad)
        {
            var reader = new FrameReader(new MemoryStream(bytes), 1_000_000);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<WireFormatException>(() => reader.Read());
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        }
    }

    [Fact(DisplayName = "A request above the reader's limit is told by its id, and what follows it is read")]
    public void Refused_request()
    {
        var stream = new MemoryStream();
        var writer = new FrameWriter(stream);
        writer.Write(new SessionProtocol.Request(77, 1, new SessionProtocol.Change(1, new ContentOp.Overwrite(default, new byte[3_000_000]))));
        writer.Write(new SessionProtocol.Heartbeat(1, false));

        stream.Position = 0;
        var reader = new FrameReader(stream, 1_000_000);
        Assert.Equal(new FrameArrival(null, 77), reader.Read());
        Assert.Equal(new SessionProtocol.Heartbeat(1, false), reader.Read()!.Value.Message);
    }

    [Fact(DisplayName = "Random bytes are frames or format errors, nothing else")]
    public void Fuzz()
    {
        Gen.Byte.Array[0, 300].Sample(bytes =>
        {
            bytes = bytes.Length > 8 ? [(byte)(bytes.Length - 8), 0, 0, 0, (byte)(1 + (bytes[8] % 2)), 0, 0, 0, .. bytes[8..]] : bytes;
            var reader = new FrameReader(new MemoryStream(bytes), 1_000_000);
            try
            {
                while (reader.Read() is { } arrival)
                    Assert.True(arrival.Message is not null || arrival.RefusedRequest is not null);
            }
            catch (WireFormatException)
            {
                // The one answer to bytes that are no frame.
            }
        }, iter: 20_000);
    }

    private sealed class CutStream(byte[] bytes, int[] sizes) : MemoryStream(bytes)
    {
        private int _reads;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, sizes[_reads++ % sizes.Length])]);
    }
}
