using System.Net.Sockets;
using System.Threading.Channels;
using Checkpoint.Transport.Connections;

namespace Checkpoint.Tests.Transport;

public sealed class FrameConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact(DisplayName = "Frames of all sizes arrive whole and in order, both ways at once; what was taken before the close arrives, and both ends are told once")]
    public async Task Both_ways()
    {
        var (left, right) = await ConnectedPair.OfAsync();
        var (a, b) = (ConnectedPair.Plain(left), ConnectedPair.Plain(right));
        var (atA, atB) = (Channel.CreateUnbounded<byte[]>(), Channel.CreateUnbounded<byte[]>());
        var runs = new[] { a.RunAsync(frame => atA.Writer.TryWrite(frame)), b.RunAsync(frame => atB.Writer.TryWrite(frame)) };
        int[] sizes = [0, 1, 100, 16_384, 16_385, 65_535, 65_536, 262_144, 7];
        for (var round = 0; round < 20; round++)
            foreach (var size in sizes)
            {
                await TakenAsync(a, Frame(size, round));
                await TakenAsync(b, Frame(size, round + 100));
            }

        a.Close();

        Assert.Equal([null, null], await Task.WhenAll(runs).WaitAsync(Patience));
        Assert.Equal(Text(sizes, 0), Text(atB));
        Assert.Equal(Text(sizes, 100), Text(atA));
        Assert.False(a.TryWrite(new byte[1]));
    }

    [Fact(DisplayName = "A full queue takes nothing more, a frame above the limit is never taken, and nothing is lost or twice")]
    public async Task Full()
    {
        var (left, right) = await ConnectedPair.OfAsync();
        var a = ConnectedPair.Plain(left, new ConnectionOptions { QueueMaxBytes = 300_000 });
        var running = a.RunAsync(_ => { });
        var taken = 0;
        while (a.TryWrite(Frame(100_000, taken))) // Until the sockets' buffers are full, too: nobody reads.
            taken++;
        Assert.False(a.TryWrite(Frame(262_145, 0)));

        List<byte[]> had = [];
        var b = ConnectedPair.Plain(right);
        var reading = b.RunAsync(had.Add);
        a.Close();

        Assert.Equal([null, null], await Task.WhenAll(running, reading).WaitAsync(Patience));
        Assert.Equal(Enumerable.Range(0, taken).Select(number => (byte)number), had.Select(frame => frame[0]));
        Assert.All(had, frame => Assert.Equal(100_000, frame.Length));
    }

    [Fact(DisplayName = "Garbage ends the connection with a reason; so does an end within a frame")]
    public async Task Garbage()
    {
        Assert.Equal("a frame of 542131028 bytes was announced; the limit is 262144", (await EndAfterAsync("TCP POST"u8.ToArray()))?.Message);
        Assert.Equal("the connection ended within a frame", (await EndAfterAsync([9, 0, 0, 0, 1]))?.Message);
        Assert.Null(await EndAfterAsync([1, 0, 0, 0, 1]));
    }

    [Fact(DisplayName = "Who neither reads nor closes holds a close up for its limit only")]
    public async Task Deaf()
    {
        var (left, right) = await ConnectedPair.OfAsync();
        using var deaf = right;
        var a = ConnectedPair.Plain(left, new ConnectionOptions { CloseTimeout = TimeSpan.FromMilliseconds(100) });
        var running = a.RunAsync(_ => { });
        while (a.TryWrite(Frame(100_000, 1)))
        {
        }

        a.Close();

        Assert.Null(await running.WaitAsync(Patience));
    }

    private static async Task<Exception?> EndAfterAsync(byte[] bytes)
    {
        var (left, right) = await ConnectedPair.OfAsync();
        using var stranger = right;
        var running = ConnectedPair.Plain(left).RunAsync(_ => { });
        await stranger.SendAsync(bytes);
        stranger.Shutdown(SocketShutdown.Send);
        return await running.WaitAsync(Patience);
    }

    private static async Task TakenAsync(FrameConnection connection, byte[] frame)
    {
        while (!connection.TryWrite(frame))
            await Task.Yield();
    }

    private static byte[] Frame(int size, int value)
    {
        var frame = new byte[size];
        Array.Fill(frame, (byte)value);
        return frame;
    }

    private static string Text(int[] sizes, int first) =>
        string.Join(' ', Enumerable.Range(first, 20).SelectMany(round => sizes.Select(size => $"{size}:{(size == 0 ? 0 : round)}")));

    private static string Text(Channel<byte[]> channel)
    {
        channel.Writer.Complete();
        List<string> frames = [];
        while (channel.Reader.TryRead(out var frame))
        {
            Assert.True(frame.All(value => value == frame[0]));
            frames.Add($"{frame.Length}:{(frame.Length == 0 ? 0 : frame[0])}");
        }

        return string.Join(' ', frames);
    }
}
