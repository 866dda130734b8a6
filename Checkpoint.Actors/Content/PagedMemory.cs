using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>A range of a section that nobody writes to any more, where it lies.</summary>
internal sealed class PagedMemory(byte[][] pages, long offset, int length) : ScatteredMemory(length)
{
    /// <summary>From here on a reference to the pages costs less than a copy, which would go to the large object heap besides.</summary>
    public const int BytesMin = 64 * 1024;

    protected override IEnumerable<ReadOnlyMemory<byte>> Parts(int start, int bytes)
    {
        var index = (int)((offset + start) / ContentLimits.PageSizeBytes);
        var within = (int)((offset + start) % ContentLimits.PageSizeBytes);
        for (; bytes > 0; within = 0, index++)
        {
            var part = pages[index].AsMemory(within, Math.Min(pages[index].Length - within, bytes));
            bytes -= part.Length;
            yield return part;
        }
    }
}
