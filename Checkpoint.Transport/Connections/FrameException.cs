namespace Checkpoint.Transport.Connections;

/// <summary>The other side does not speak in frames, or in larger ones than agreed.</summary>
public sealed class FrameException(string message) : IOException(message);
