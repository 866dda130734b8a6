using System.Net.Sockets;
using Checkpoint.Protocol;

namespace Checkpoint.Host.Gateway;

/// <summary>
/// A connection that has not said Hello: its socket, a few hundred bytes and no thread, so that a thousand idle ones cost next to nothing.
/// </summary>
internal sealed class Stranger(Socket socket, PeerIdentity peer, long since)
{
    /// <summary>A Hello has less than 160 bytes.</summary>
    private const int HelloMaxBytes = 256;

    private readonly byte[] _buffer = new byte[1024];
    private int _filled;

    public Socket Socket => socket;

    public PeerIdentity Peer => peer;

    public long Since => since;

    /// <summary>It has been told that it may not connect; its Hello ends the connection.</summary>
    public bool IsTurnedAway { get; init; }

    /// <summary>Bytes that came behind the Hello; they are the session's.</summary>
    public ReadOnlyMemory<byte> Rest { get; private set; }

    /// <summary>Takes what has arrived; to be called when there is something.</summary>
    /// <returns>The Hello when it is complete, else null.</returns>
    /// <exception cref="WireFormatException">No client of ours, or the end of the connection.</exception>
    /// <exception cref="SocketException">The connection failed.</exception>
    public SessionProtocol.Hello? Receive()
    {
        var bytes = socket.Receive(_buffer.AsSpan(_filled));
        if (bytes == 0)
            throw new WireFormatException("the connection ended before its Hello");
        _filled += bytes;

        if (_filled < GatewayFrame.PreambleBytes)
            return null;
        GatewayFrame.ReadPreamble(_buffer);
        var frame = GatewayFrame.PreambleBytes + GatewayFrame.HeaderBytes;
        if (_filled < frame)
            return null;
        var (type, length) = GatewayFrame.ReadHeader(_buffer.AsSpan(GatewayFrame.PreambleBytes));
        if (type != FrameType.Message || length > HelloMaxBytes)
            throw new WireFormatException($"the first frame has type {type} and {length} bytes: no Hello");
        if (_filled < frame + length)
            return null;

        Rest = _buffer.AsMemory(frame + length, _filled - frame - length);
        return SessionCodec.Read(_buffer.AsMemory(frame, length)) as SessionProtocol.Hello
            ?? throw new WireFormatException("the first message is no Hello");
    }
}
