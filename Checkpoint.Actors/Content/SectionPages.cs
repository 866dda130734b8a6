namespace Checkpoint.Actors.Content;

/// <summary>
/// A section's bytes as immutable pages. Every page but the last has <see cref="ContentLimits.PageSizeBytes"/>, the last exactly what is
/// left: a checkpoint of many small sections would otherwise pay a page for each. Nobody writes to a page once it is in a section that is shared.
/// </summary>
internal static class SectionPages
{
    /// <summary>What a gap beyond the old end reads as (ais-ckpt 2.9); one page serves all, so that a write far out costs no memory.</summary>
    public static readonly byte[] Zero = new byte[ContentLimits.PageSizeBytes];

    public static int CountOf(long size) => (int)((size + ContentLimits.PageSizeBytes - 1) / ContentLimits.PageSizeBytes);

    /// <summary>Bytes of page <paramref name="index"/> of a section of <paramref name="size"/> bytes; 0 when it has no such page.</summary>
    public static int LengthOf(long size, int index) =>
        (int)Math.Clamp(size - ((long)index * ContentLimits.PageSizeBytes), 0, ContentLimits.PageSizeBytes);

    public static byte[][] From(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return [];
        var pages = new byte[CountOf(data.Length)][];
        for (var index = 0; index < pages.Length; index++)
            pages[index] = data.Slice(index * ContentLimits.PageSizeBytes, LengthOf(data.Length, index)).ToArray();
        return pages;
    }

    /// <summary>
    /// The bytes [offset, offset + length), which must be inside; a slice of the page when one page holds them all, and where they lie when they are
    /// many. The pages are of a section that is shared.
    /// </summary>
    public static ReadOnlyMemory<byte> Read(byte[][] pages, long offset, int length)
    {
        if (length == 0)
            return ReadOnlyMemory<byte>.Empty;
        var index = (int)(offset / ContentLimits.PageSizeBytes);
        var start = (int)(offset % ContentLimits.PageSizeBytes);
        if (start + length <= pages[index].Length)
            return new ReadOnlyMemory<byte>(pages[index], start, length);

        if (length >= PagedMemory.BytesMin)
            return new PagedMemory(pages, offset, length).Memory;

        var bytes = GC.AllocateUninitializedArray<byte>(length);
        CopyTo(pages, offset, bytes);
        return bytes;
    }

    /// <summary>Fills <paramref name="to"/> with the bytes from <paramref name="offset"/> on, which must be inside.</summary>
    public static void CopyTo(byte[][] pages, long offset, Span<byte> to)
    {
        var index = (int)(offset / ContentLimits.PageSizeBytes);
        for (var start = (int)(offset % ContentLimits.PageSizeBytes); !to.IsEmpty; start = 0, index++)
        {
            var part = pages[index].AsSpan(start, Math.Min(pages[index].Length - start, to.Length));
            part.CopyTo(to);
            to = to[part.Length..];
        }
    }
}
