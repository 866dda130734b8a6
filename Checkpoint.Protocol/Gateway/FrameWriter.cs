namespace Checkpoint.Protocol;

/// <summary>
/// Writes messages to a stream, by blocking or by awaiting; what is larger than a frame goes in pieces. One writer at a time.
/// </summary>
public sealed class FrameWriter(Stream stream)
{
    private readonly FrameEncoder _encoder = new();

    /// <param name="moved">Called after each piece of a large message: the peer goes on taking it.</param>
    /// <exception cref="IOException">The connection failed.</exception>
    public void Write(SessionProtocol.IMessage message, Action? moved = null)
    {
        if (message is SessionProtocol.Answer { Body: SessionProtocol.Data } answer && !ParcelSplitter.Fits(SessionCodec.SizeHint(answer)))
        {
            foreach (var frames in _encoder.Pieces(answer))
            {
                stream.Write(frames.Span);
                moved?.Invoke();
            }

            return;
        }

        var frame = _encoder.Encode(message);
        if (FrameEncoder.IsOneFrame(frame))
            stream.Write(frame.Span);
        else
            foreach (var part in _encoder.Pieces(frame))
                stream.Write(part.Span);
        _encoder.Trim();
    }

    /// <inheritdoc cref="Write"/>
    public async ValueTask WriteAsync(SessionProtocol.IMessage message, CancellationToken cancel)
    {
        var frame = _encoder.Encode(message);
        if (FrameEncoder.IsOneFrame(frame))
            await stream.WriteAsync(frame, cancel).ConfigureAwait(false);
        else
            foreach (var part in _encoder.Pieces(frame))
                await stream.WriteAsync(part, cancel).ConfigureAwait(false);
        _encoder.Trim();
    }
}
