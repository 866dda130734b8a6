using Checkpoint.Protocol;

namespace Checkpoint.Fuzz;

/// <summary>
/// What is fuzzed: everything that a host makes of a local client's bytes, from the preamble to the messages. The first byte of an input says how the
/// stream is cut into reads, its highest bit whether they are awaited.
/// </summary>
public static class Target
{
    /// <summary>Small, so that inputs can pass it.</summary>
    public const int ParcelBytesMax = 64 * 1024;

    /// <summary>A message may cost a multiple of its bytes (objects, texts), never of a number that it names.</summary>
    private const int AllocatedPerByteMax = 256;

    /// <summary>A frame's buffer is as long as the frame says, which its header's check bounds.</summary>
    private const int AllocatedMax = 4 * GatewayFrame.FrameMaxBytes;

    private static readonly WriteRequest Write = new();
    private static readonly ReadRequest Read = new();

    /// <exception cref="InvalidOperationException">The decoder did what it must not; any other exception is a finding as well.</exception>
    public static async Task RunAsync(ReadOnlyMemory<byte> input)
    {
        if (input.Length < 1 + GatewayFrame.PreambleBytes)
            return;
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            GatewayFrame.ReadPreamble(input.Span.Slice(1, GatewayFrame.PreambleBytes));
            await ReadAllAsync(input[(1 + GatewayFrame.PreambleBytes)..], input.Span[0] & 0x7f, (input.Span[0] & 0x80) != 0);
        }
        catch (WireFormatException)
        {
            // The one way to refuse; the peer is cut off.
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > AllocatedMax + ((long)AllocatedPerByteMax * input.Length))
            throw new InvalidOperationException($"{allocated} bytes were allocated for an input of {input.Length}");
    }

    private static async Task ReadAllAsync(ReadOnlyMemory<byte> bytes, int step, bool isAwaited)
    {
        var stream = new CutStream(bytes, step);
        await using var _ = stream;
        var reader = new FrameReader(stream, ParcelBytesMax);
        while ((isAwaited ? await reader.ReadAsync(CancellationToken.None) : reader.Read(IsDirect)) is { } arrival)
        {
            // What was read can be written and read again.
            if (arrival.Message is { } message)
                SessionCodec.Read(SessionCodec.Encode(message));
        }
    }

    /// <summary>
    /// As the gateway asks first. What is decoded where it stands encodes to the same bytes again, and what is refused there the codec refuses.
    /// </summary>
    private static bool IsDirect(ReadOnlyMemory<byte> message)
    {
        try
        {
            SessionProtocol.Request direct;
            if (Write.TryDecode(message))
                direct = new(Write.Id, Write.Budget, new SessionProtocol.Change(Write.Handle, OpOf(Write)));
            else if (Read.TryDecode(message))
                direct = new(Read.Id, Read.Budget, new SessionProtocol.Read(
                    Read.Handle, [.. Read.Elements.ToArray().Select(element => new ReadElement(new SectionId(element.Id.ToArray()), element.Offset, element.Size))]));
            else
                return false;
            return SessionCodec.Encode(direct).AsSpan().SequenceEqual(message.Span)
                ? true
                : throw new InvalidOperationException("a request was decoded to another one");
        }
        catch (WireFormatException)
        {
            SessionCodec.Read(message);
            throw new InvalidOperationException("a request was refused that the codec takes");
        }
    }

    private static ContentOp OpOf(WriteRequest write)
    {
        var elements = write.Elements.ToArray().Select(element => new WriteElement(new SectionId(element.Id.ToArray()), element.Offset, element.Data)).ToList();
        return write.IsOverwrite ? new ContentOp.Overwrite(elements[0].Id, elements[0].Data) : new ContentOp.Write(elements);
    }
}
