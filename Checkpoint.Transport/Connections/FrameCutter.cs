using System.Buffers.Binary;

namespace Checkpoint.Transport.Connections;

/// <summary>
/// Frames out of a stream of bytes: a signed little-endian length of four bytes, then as many bytes. These are the frames of Akka.NET's
/// own TCP transport. Pure: it is told where bytes have been put, and nothing is allocated before a length was checked.
/// <code>
///   Free: where the next bytes belong --Added--> frames --> Free ...
/// </code>
/// </summary>
/// <param name="frameMaxBytes">Without the header.</param>
/// <param name="frame">Is given each frame in an array of its own, which it may keep.</param>
internal sealed class FrameCutter(int frameMaxBytes, Action<byte[]> frame)
{
    public const int HeaderBytes = sizeof(int);

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private byte[]? _large;
    private int _largeFilled;

    /// <summary>Where to put what comes next: never empty.</summary>
    public Memory<byte> Free => _large is null ? _buffer.AsMemory(_end) : _large.AsMemory(_largeFilled);

    /// <summary>Nothing of a frame has come whose end has not.</summary>
    public bool IsBetweenFrames => _large is null && _start == _end;

    /// <param name="count">Bytes that were put to the beginning of <see cref="Free"/>.</param>
    /// <exception cref="FrameException">A length below 0 or above the limit.</exception>
    public void Added(int count)
    {
        if (_large is null)
        {
            _end += count;
            Cut();
            return;
        }

        _largeFilled += count;
        if (_largeFilled == _large.Length)
        {
            var whole = _large;
            _large = null;
            frame(whole);
        }
    }

    private void Cut()
    {
        while (_end - _start >= HeaderBytes)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
            if (length < 0 || length > frameMaxBytes)
                throw new FrameException($"a frame of {length} bytes was announced; the limit is {frameMaxBytes}");
            var there = _buffer.AsSpan(_start + HeaderBytes, Math.Min(length, _end - _start - HeaderBytes));
            if (there.Length == length)
            {
                _start += HeaderBytes + length;
                frame(there.ToArray());
            }
            else if (HeaderBytes + length > _buffer.Length)
            {
                _large = new byte[length];
                _largeFilled = there.Length;
                there.CopyTo(_large);
                _start = _end;
            }
            else
            {
                break;
            }
        }

        // What is left goes to the front, so that there is always room behind it.
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
    }
}
