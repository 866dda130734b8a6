namespace Checkpoint.Transport.Connections;

/// <summary>Limits of each connection. Equal on both sides of a connection: what one may send the other must take.</summary>
public sealed record ConnectionOptions
{
    /// <summary>Bytes of one frame without its header; a longer one is refused before it is sent, and ends a connection that it comes from.</summary>
    public int FrameMaxBytes { get; init; } = 256 * 1024;

    /// <summary>
    /// Bytes that wait to be sent, above which nothing is taken. Never less than a few frames: the answer to an Associate, for example, is
    /// not repeated by who hears that it was not taken.
    /// </summary>
    public long QueueMaxBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>From the first byte of a connection until both sides know each other. Akka gives an association up after 15 s, so well below.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long what waits may take to be sent when a connection is closed, and the other side to close it as well.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Accepted connections whose handshake is under way. One more ends the oldest of them: whoever is silent makes room.</summary>
    public int HandshakesMax { get; init; } = 256;
}
