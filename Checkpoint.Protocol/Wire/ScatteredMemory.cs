using System.Buffers;
using System.Runtime.InteropServices;

namespace Checkpoint.Protocol;

/// <summary>
/// Bytes that lie in several places and never change, as one memory. Who sends them takes them part by part, so that no copy of the whole is
/// made; who wants a span gets a copy, made then and kept.
/// </summary>
public abstract class ScatteredMemory(int length) : MemoryManager<byte>
{
    private byte[]? _whole;

    public override Memory<byte> Memory => CreateMemory(length);

    /// <summary>The bytes of any memory, in order: the places where they lie, or the memory itself.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> PartsOf(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetMemoryManager<byte, ScatteredMemory>(memory, out var scattered, out var start, out var bytes)
            ? scattered.Parts(start, bytes)
            : [memory];

    public override Span<byte> GetSpan() => Whole();

    public override MemoryHandle Pin(int elementIndex = 0) => Whole().AsMemory(elementIndex).Pin();

    public override void Unpin()
    {
        // The handle that Pin gave is the array's own.
    }

    protected abstract IEnumerable<ReadOnlyMemory<byte>> Parts(int start, int bytes);

    protected override void Dispose(bool disposing)
    {
        // Nothing is held that the collector does not know.
    }

    private byte[] Whole()
    {
        if (Volatile.Read(ref _whole) is { } made)
            return made;
        var whole = GC.AllocateUninitializedArray<byte>(length);
        var at = 0;
        foreach (var part in Parts(0, length))
        {
            part.Span.CopyTo(whole.AsSpan(at));
            at += part.Length;
        }

        return Interlocked.CompareExchange(ref _whole, whole, null) ?? whole;
    }
}
