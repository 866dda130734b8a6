using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>
/// All elements of one vector write that touch one section. The list of pages is copied once and a page at most once, however many
/// elements touch it. Give every element to <see cref="Cover"/> first, then each in order to <see cref="Write"/>.
/// </summary>
internal sealed class SectionEdit(Section original)
{
    private byte[][]? _pages;
    private long _size = original.Size;

    /// <summary>The section will reach at least as far as this element. One without data neither grows nor changes it (ais-ckpt 1.6).</summary>
    public void Cover(WriteElement element)
    {
        if (!element.Data.IsEmpty)
            _size = Math.Max(_size, element.Range.EndSize);
    }

    public void Write(WriteElement element) => Write(element, 0, element.Data.Length);

    /// <summary>A part of an element's data: all its parts, in order, are the element.</summary>
    public void Write(WriteElement element, int from, int length)
    {
        var data = element.Data.Span.Slice(from, length);
        if (data.IsEmpty)
            return;
        _pages ??= Grow();
        var offset = element.Offset + from;
        var index = (int)(offset / ContentLimits.PageSizeBytes);
        var start = (int)(offset % ContentLimits.PageSizeBytes);
        for (; !data.IsEmpty; start = 0, index++)
        {
            var page = Own(index, start, data.Length);
            var part = data[..Math.Min(page.Length - start, data.Length)];
            part.CopyTo(page.AsSpan(start));
            data = data[part.Length..];
        }
    }

    /// <summary>The section after the write, or the original when no element had data.</summary>
    public Section Build(long lastUpdate, long stamp) => _pages is null
        ? original
        : new(original.Id, _size, _pages, original.ExpirationTime, original.State, lastUpdate, stamp);

    private byte[][] Grow()
    {
        var pages = new byte[SectionPages.CountOf(_size)][];
        original.Pages.CopyTo(pages, 0);
        for (var index = Math.Max(0, original.Pages.Length - 1); index < pages.Length; index++)
        {
            var length = SectionPages.LengthOf(_size, index);
            if (pages[index]?.Length == length)
                continue;
            var old = pages[index];
            if (old is null && length == ContentLimits.PageSizeBytes)
            {
                pages[index] = SectionPages.Zero;
                continue;
            }

            pages[index] = new byte[length];
            old?.CopyTo(pages[index], 0);
        }

        return pages;
    }

    private byte[] Own(int index, int start, int length)
    {
        var page = _pages![index];
        var isShared = ReferenceEquals(page, SectionPages.Zero)
            || (index < original.Pages.Length && ReferenceEquals(page, original.Pages[index]));
        if (!isShared)
            return page;
        var isCovered = start == 0 && length >= page.Length;
        return _pages[index] = isCovered ? GC.AllocateUninitializedArray<byte>(page.Length) : page.AsSpan().ToArray();
    }
}
