namespace Checkpoint.Cli.Streams;

/// <summary>Stands for a stream that the process was started without.</summary>
internal sealed class ClosedStream(string reason) : UnseekableStream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override int Read(byte[] buffer, int offset, int count) => throw new IOException(reason);

    public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException(reason);
}
