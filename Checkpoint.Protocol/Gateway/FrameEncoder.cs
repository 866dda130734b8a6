namespace Checkpoint.Protocol;

/// <summary>Turns messages into frames, in a buffer that is used again. Not thread-safe.</summary>
public sealed class FrameEncoder
{
    /// <summary>A buffer that one large message has grown above this is given back.</summary>
    private const int KeptMaxBytes = 512 * 1024;

    private WireWriter _buffer = new(4096);
    private ulong _parcels;

    /// <summary>
    /// The message as a frame: all of it in one when <see cref="IsOneFrame"/>, else to be cut by <see cref="Pieces"/>. Valid until the next call.
    /// </summary>
    public ReadOnlyMemory<byte> Encode(SessionProtocol.IMessage message)
    {
        var hint = SessionCodec.SizeHint(message);
        if (hint > KeptMaxBytes)
            _buffer = new WireWriter(hint + GatewayFrame.HeaderBytes);
        SessionCodec.Write(Begin(), message);
        return End();
    }

    /// <summary>For a message that is written piece by piece: write it here, then call <see cref="End"/>.</summary>
    public WireWriter Begin()
    {
        _buffer.Clear();
        _buffer.U32(0);
        _buffer.U16((ushort)FrameType.Message);
        _buffer.U16(0);
        return _buffer;
    }

    /// <inheritdoc cref="Encode"/>
    public ReadOnlyMemory<byte> End()
    {
        _buffer.PatchU32(0, (uint)(_buffer.Length - GatewayFrame.HeaderBytes));
        return _buffer.Written;
    }

    public static bool IsOneFrame(ReadOnlyMemory<byte> encoded) => ParcelSplitter.Fits(encoded.Length - GatewayFrame.HeaderBytes);

    /// <summary>Headers and slices of the message by turns: written one after the other they are its frames.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces(ReadOnlyMemory<byte> encoded)
    {
        foreach (var piece in ParcelSplitter.Split(++_parcels, encoded[GatewayFrame.HeaderBytes..]))
        {
            var header = new byte[GatewayFrame.HeaderBytes + Parcel.HeaderBytes];
            GatewayFrame.WriteHeader(header, FrameType.Piece, Parcel.HeaderBytes + piece.Bytes.Length);
            piece.WriteHeader(header.AsSpan(GatewayFrame.HeaderBytes));
            yield return header;
            yield return piece.Bytes;
        }
    }

    /// <summary>
    /// The frames of a large answer, each made when the one before it was sent, straight from where its buffers lie: no copy of the whole is
    /// ever made. Each is valid until the next one.
    /// </summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces(SessionProtocol.Answer answer)
    {
        const int head = GatewayFrame.HeaderBytes + Parcel.HeaderBytes;
        var frame = new byte[head + ParcelSplitter.PieceMaxBytes];
        foreach (var piece in AnswerPieces.Cut(++_parcels, answer, frame.AsMemory(head)))
        {
            GatewayFrame.WriteHeader(frame, FrameType.Piece, Parcel.HeaderBytes + piece.Bytes.Length);
            piece.WriteHeader(frame.AsSpan(GatewayFrame.HeaderBytes));
            yield return frame.AsMemory(0, head + piece.Bytes.Length);
        }
    }

    /// <summary>After a message was sent.</summary>
    public void Trim()
    {
        if (_buffer.Written.Length > KeptMaxBytes)
            _buffer = new WireWriter(4096);
    }
}
