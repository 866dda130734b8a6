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

    /// <summary>As the gateway asks first: what is decoded where it stands is what the codec makes of it.</summary>
    private static bool IsDirect(ReadOnlyMemory<byte> message)
    {
        DirectRequest direct = Write;
        if (!Write.TryDecode(message))
        {
            direct = Read;
            if (!Read.TryDecode(message))
                return false;
        }

        var elements = direct == Write ? Write.Elements.Length : Read.Elements.Length;
        var same = SessionCodec.Read(message) is SessionProtocol.Request request && request.Id == direct.Id && request.Budget == direct.Budget
            && request.Command switch
            {
                SessionProtocol.Change { Op: ContentOp.Write write } change => change.Handle == direct.Handle && write.Elements.Count == elements,
                SessionProtocol.Change { Op: ContentOp.Overwrite } change => change.Handle == direct.Handle && elements == 1,
                SessionProtocol.Read read => read.Handle == direct.Handle && read.Elements.Count == elements,
                _ => false,
            };
        return same ? true : throw new InvalidOperationException("a request is not what the codec makes of it");
    }
}
