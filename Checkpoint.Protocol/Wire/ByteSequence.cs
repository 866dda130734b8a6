using System.Buffers;

namespace Checkpoint.Protocol;

/// <summary>Memories, one behind the other, as one sequence.</summary>
internal sealed class ByteSequence : ReadOnlySequenceSegment<byte>
{
    private ByteSequence(ReadOnlyMemory<byte> memory, long at) => (Memory, RunningIndex) = (memory, at);

    /// <param name="parts">At least one.</param>
    public static ReadOnlySequence<byte> Of(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        if (parts is [var only])
            return new(only);
        var first = new ByteSequence(parts[0], 0);
        var last = first;
        foreach (var part in parts.Skip(1))
        {
            var next = new ByteSequence(part, last.RunningIndex + last.Memory.Length);
            last.Next = next;
            last = next;
        }

        return new(first, 0, last, last.Memory.Length);
    }
}
