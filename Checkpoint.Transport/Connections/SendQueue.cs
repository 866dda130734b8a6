using System.Buffers.Binary;
using System.Threading.Channels;

namespace Checkpoint.Transport.Connections;

/// <summary>
/// What waits to be sent on one connection, in order, and how it is gathered: small frames share a call of the system, a large one goes
/// from where it lies. Any thread may add; one takes out.
/// </summary>
internal sealed class SendQueue(long bytesMax)
{
    private const int GatherBytes = 64 * 1024;

    private readonly Channel<ReadOnlyMemory<byte>> _frames = Channel.CreateUnbounded<ReadOnlyMemory<byte>>(
        new UnboundedChannelOptions { SingleReader = true });
    private readonly byte[] _gathered = new byte[GatherBytes];
    private long _bytes;

    /// <param name="frame">Is not changed by anyone until it has been sent.</param>
    /// <returns>False: not taken, since too much waits or the queue is closed. One frame is always taken by an empty, open queue.</returns>
    public bool TryAdd(ReadOnlyMemory<byte> frame)
    {
        var cost = frame.Length + FrameCutter.HeaderBytes;
        var waiting = Interlocked.Add(ref _bytes, cost);
        if ((waiting <= bytesMax || waiting == cost) && _frames.Writer.TryWrite(frame))
            return true;
        Interlocked.Add(ref _bytes, -cost);
        return false;
    }

    /// <summary>Nothing more is taken; what waits is still sent.</summary>
    public void Close() => _frames.Writer.TryComplete();

    /// <summary>Sends until the queue is closed and empty.</summary>
    public async Task SendAsync(Stream stream, CancellationToken stop)
    {
        while (await _frames.Reader.WaitToReadAsync(stop).ConfigureAwait(false))
        {
            var filled = 0;
            while (_frames.Reader.TryRead(out var frame))
            {
                var cost = FrameCutter.HeaderBytes + frame.Length;
                if (filled + Math.Min(cost, FrameCutter.HeaderBytes + GatherBytes / 4) > GatherBytes)
                    filled = await FlushAsync(stream, filled, stop).ConfigureAwait(false);
                BinaryPrimitives.WriteInt32LittleEndian(_gathered.AsSpan(filled), frame.Length);
                filled += FrameCutter.HeaderBytes;
                if (frame.Length <= GatherBytes / 4)
                {
                    frame.CopyTo(_gathered.AsMemory(filled));
                    filled += frame.Length;
                }
                else
                {
                    filled = await FlushAsync(stream, filled, stop).ConfigureAwait(false);
                    await stream.WriteAsync(frame, stop).ConfigureAwait(false);
                }

                Interlocked.Add(ref _bytes, -cost);
            }

            await FlushAsync(stream, filled, stop).ConfigureAwait(false);
        }
    }

    private async ValueTask<int> FlushAsync(Stream stream, int filled, CancellationToken stop)
    {
        if (filled > 0)
            await stream.WriteAsync(_gathered.AsMemory(0, filled), stop).ConfigureAwait(false);
        return 0;
    }
}
