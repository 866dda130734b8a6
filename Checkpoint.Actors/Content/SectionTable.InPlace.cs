using Checkpoint.Actors.Map;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <content>
/// Writes within a section's present size, into pages that nobody else refers to. The first one after <see cref="ShareWritten"/> copies the pages
/// that it touches, those after it make nothing:
/// <code>
///   immutable, shared --WriteInPlace--> owned (pages copied once) --WriteInPlace--> owned ... --ShareWritten--> immutable, shared
/// </code>
/// Everything else that reads or changes the table expects immutable sections: call <see cref="ShareWritten"/> first.
/// </content>
public sealed partial class SectionTable
{
    private readonly List<Section> _owned = [];

    /// <summary>Would each element be taken in order, change something, and make no section longer or shorter, valid or invalid?</summary>
    /// <param name="isOverwrite">The elements are whole contents.</param>
    internal bool CanWriteInPlace(ReadOnlySpan<WriteRequest.Element> elements, bool isOverwrite)
    {
        foreach (var element in elements)
        {
            var length = element.Data.Length;
            if (length == 0 || Find(element.Id.Span) is not { IsCorrupted: false } section)
                return false;
            if (!element.Range.IsWithin((ulong)section.Size) || (isOverwrite && length != section.Size))
                return false;
        }

        return elements.Length > 0;
    }

    /// <summary>Applies one stable update.</summary>
    /// <param name="elements">They <see cref="CanWriteInPlace"/>.</param>
    /// <param name="sequence">As in <see cref="Apply"/>.</param>
    /// <param name="wallTime">As in <see cref="Apply"/>.</param>
    /// <returns>True for the first one after <see cref="ShareWritten"/>.</returns>
    internal bool WriteInPlace(ReadOnlySpan<WriteRequest.Element> elements, long sequence, long wallTime)
    {
        Advance(sequence);
        var isFirst = _owned.Count == 0;
        foreach (var element in elements)
        {
            var section = Find(element.Id.Span)!;
            if (!section.IsOwned)
            {
                section = section.Own();
                _sections[section.Id] = section;
                _owned.Add(section);
            }

            section.WriteInPlace(element.Offset, element.Data.Span, wallTime, sequence);
        }

        return isFirst;
    }

    /// <summary>What was written in place is immutable from now on.</summary>
    /// <param name="pages">Gets the pages that changed since the last time.</param>
    internal void ShareWritten(ICollection<SectionMapProtocol.PageChange> pages)
    {
        foreach (var section in _owned)
            SectionPageChanges.Add(pages, section.Id, section.Share(), section);
        _owned.Clear();
    }
}
