namespace Checkpoint.Actors.Map;

/// <summary>
/// What gathers for one part between two flushes: of each page the newest state only, so that it is never more than the part itself.
/// Written to by the map before it is handed over, by nobody after.
/// </summary>
internal sealed class PartChange
{
    private readonly Dictionary<PageKey, (long Sequence, ReadOnlyMemory<byte>? Bytes)> _pages = [];

    /// <summary>What the part was before goes, whatever its stamp.</summary>
    public bool IsReset { get; private set; }

    /// <summary>The part goes, and nothing comes after it.</summary>
    public bool IsDropped => IsReset && Stamp == 0;

    /// <summary>The pages are all there are as of this update.</summary>
    public long? WholeSequence { get; private set; }

    /// <value>The sequence of the newest update in it.</value>
    public long Stamp { get; private set; }

    public IReadOnlyDictionary<PageKey, (long Sequence, ReadOnlyMemory<byte>? Bytes)> Pages => _pages;

    public void Set(SectionMapProtocol.PageChange page, long sequence, bool isWhole)
    {
        if (isWhole)
            WholeSequence = sequence;
        Stamp = Math.Max(Stamp, sequence);
        _pages[page.Key] = (sequence, page.Bytes);
    }

    public void Drop()
    {
        (IsReset, WholeSequence, Stamp) = (true, null, 0);
        _pages.Clear();
    }
}
