namespace Checkpoint.Protocol;

/// <summary>What a reader got: a message, or the id of a request that was above the reader's limits and is to be refused.</summary>
/// <param name="Reserved">Bytes of the reader's room that the message holds; its taker gives them back.</param>
public readonly record struct FrameArrival(SessionProtocol.IMessage? Message, ulong? RefusedRequest, long Reserved = 0);

/// <summary>Reads messages from a stream, by blocking or by awaiting; pieces are put together here. One reader at a time.</summary>
/// <param name="parcelBytesMax">Bytes of unfinished large messages at a time.</param>
/// <param name="room">Where the bytes of large messages are reserved; null: nowhere.</param>
public sealed class FrameReader(Stream stream, long parcelBytesMax, IByteRoom? room = null)
{
    private readonly FrameParser _parser = new();
    private readonly ParcelAssembler _assembler = new(parcelBytesMax, room: room);

    /// <summary>A large message has begun to arrive, and waits for the peer to send the rest.</summary>
    public bool IsAmidMessage => _assembler.HasUnfinished;

    /// <summary>For bytes that were read before there was a reader.</summary>
    /// <exception cref="WireFormatException">Too many for bytes that were read ahead.</exception>
    public void Feed(ReadOnlySpan<byte> bytes) => _parser.Feed(bytes);

    /// <param name="shortcut">
    /// Sees small messages before anything is made of them, in memory that is valid during the call; true when it has dealt with one, which
    /// is then not returned. False leaves it as if it had not been asked.
    /// </param>
    /// <returns>Null at the end of the stream.</returns>
    /// <exception cref="WireFormatException">The peer sent what is no message; cut it off.</exception>
    /// <exception cref="IOException">The connection failed.</exception>
    public FrameArrival? Read(Func<ReadOnlyMemory<byte>, bool>? shortcut = null)
    {
        while (true)
        {
            while (shortcut is not null && _parser.TryPeek(out var message) && shortcut(message))
                _parser.Skip(message);
            if (TryTake() is { } arrival)
                return arrival;
            var bytes = stream.Read(_parser.Space.Span);
            if (bytes == 0)
                return End();
            _parser.Filled(bytes);
        }
    }

    /// <inheritdoc cref="Read"/>
    public async ValueTask<FrameArrival?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (TryTake() is { } arrival)
                return arrival;
            var bytes = await stream.ReadAsync(_parser.Space, cancel).ConfigureAwait(false);
            if (bytes == 0)
                return End();
            _parser.Filled(bytes);
        }
    }

    private FrameArrival? End() =>
        _parser.IsBetweenFrames ? null : throw new WireFormatException("the stream ends within a frame");

    private FrameArrival? TryTake()
    {
        while (_parser.TryTake(out var type, out var payload))
        {
            if (type == FrameType.Message)
                return new FrameArrival(SessionCodec.Read(payload), null);
            var outcome = _assembler.Add(Parcel.Read(payload));
            if (outcome.Message is { } message)
                return new FrameArrival(SessionCodec.Read(message), null, outcome.Reserved);
            if (outcome.RefusedHead is { } head)
                return new FrameArrival(null, SessionCodec.RequestIdOf(head)
                    ?? throw new WireFormatException("a message that is no request is above the limits"));
        }

        return null;
    }
}
