namespace Checkpoint.Cli.Streams;

/// <summary>
/// Writes where the descriptor stands. <see cref="Console.OpenStandardOutput()"/> does too, but keeps silent when nobody reads a pipe any more,
/// so that a program goes on for nobody; a <see cref="FileStream"/> writes at positions of its own, over what another process has written.
/// </summary>
internal sealed class DescriptorStream(int number) : UnseekableStream
{
    /// <summary>What cannot be written is dropped.</summary>
    public bool MayLose { get; init; }

    public override bool CanRead => false;

    public override bool CanWrite => true;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            Descriptor.Write(number, buffer);
        }
        catch (IOException) when (MayLose)
        {
        }
    }
}
