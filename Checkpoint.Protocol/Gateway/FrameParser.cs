namespace Checkpoint.Protocol;

/// <summary>
/// Cuts a stream of bytes into payloads. It does no I/O: read into <see cref="Space"/>, tell <see cref="Filled"/>, then take frames until there is
/// none. Small frames that came together cost one read, and stand whole in the buffer before they are looked at; a large one is read straight
/// into its own memory. Not thread-safe.
/// </summary>
public sealed class FrameParser
{
    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _start;
    private int _end;
    private FrameType _type;
    private byte[]? _payload;
    private int _payloadFilled;

    /// <summary>Where the next bytes belong; never empty after <see cref="TryTake"/> has answered false.</summary>
    public Memory<byte> Space
    {
        get
        {
            if (_payload is not null && _start == _end)
                return _payload.AsMemory(_payloadFilled);
            Compact();
            return _buffer.AsMemory(_end);
        }
    }

    /// <summary>Nothing of a frame has arrived that was not taken: the stream may end here.</summary>
    public bool IsBetweenFrames => _payload is null && _start == _end;

    public void Filled(int bytes)
    {
        if (_payload is not null && _start == _end)
            _payloadFilled += bytes;
        else
            _end += bytes;
    }

    /// <summary>For bytes that were read before there was a parser.</summary>
    /// <exception cref="WireFormatException">More than the parser's buffer takes.</exception>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        Compact();
        if (bytes.Length > _buffer.Length - _end)
            throw new WireFormatException($"{bytes.Length} bytes at once");
        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>The payload's memory is the taker's for ever.</summary>
    /// <exception cref="WireFormatException">Not a frame; the stream is of no use any more.</exception>
    public bool TryTake(out FrameType type, out ReadOnlyMemory<byte> payload)
    {
        type = default;
        payload = default;
        if (_payload is null && !BeginFrame())
            return false;

        var missing = Math.Min(_payload!.Length - _payloadFilled, _end - _start);
        _buffer.AsSpan(_start, missing).CopyTo(_payload.AsSpan(_payloadFilled));
        _start += missing;
        _payloadFilled += missing;
        if (_payloadFilled < _payload.Length)
            return false;

        type = _type;
        payload = _payload;
        _payload = null;
        return true;
    }

    /// <summary>
    /// The message at hand when it is whole and in one frame, without taking it: a slice of the buffer, valid until anything else is called.
    /// False says nothing; then <see cref="TryTake"/> decides.
    /// </summary>
    /// <exception cref="WireFormatException">Not a frame; the stream is of no use any more.</exception>
    public bool TryPeek(out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (_payload is not null || _end - _start < GatewayFrame.HeaderBytes)
            return false;
        var (type, length) = GatewayFrame.ReadHeader(_buffer.AsSpan(_start));
        if (type != FrameType.Message || _end - _start - GatewayFrame.HeaderBytes < length)
            return false;
        message = _buffer.AsMemory(_start + GatewayFrame.HeaderBytes, length);
        return true;
    }

    /// <summary>Takes the message that <see cref="TryPeek"/> showed.</summary>
    public void Skip(ReadOnlyMemory<byte> peeked) => _start += GatewayFrame.HeaderBytes + peeked.Length;

    private bool BeginFrame()
    {
        if (_end - _start < GatewayFrame.HeaderBytes)
            return false;
        (_type, var length) = GatewayFrame.ReadHeader(_buffer.AsSpan(_start));
        var frame = GatewayFrame.HeaderBytes + length;
        if (frame <= _buffer.Length && _end - _start < frame)
            return false; // The rest will be there: TryPeek can show it then.
        _start += GatewayFrame.HeaderBytes;
        _payload = GC.AllocateUninitializedArray<byte>(length);
        _payloadFilled = 0;
        return true;
    }

    private void Compact()
    {
        if (_start == 0)
            return;
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
    }
}
