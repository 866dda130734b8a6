using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>A change that is ordered and not yet applied.</summary>
internal sealed record OrderedChange(ContentOp Op, long Sequence, long WallTime);

/// <summary>One pending change as one section sees it.</summary>
/// <param name="elements">Of a vector: those of this section, in order. Null for every other change.</param>
/// <param name="isLarge">So much data that nobody makes a head of it.</param>
internal sealed class PendingPart(OrderedChange change, IReadOnlyList<WriteElement>? elements, bool isLarge)
{
    public long Sequence => change.Sequence;

    public bool IsLarge { get; } = isLarge;

    /// <summary>One more element of the same vector.</summary>
    public void Add(WriteElement element) => ((List<WriteElement>)elements!).Add(element);

    public Section? Apply(Section? before, SectionId id) => elements is null
        ? SectionOps.Apply(before, id, change.Op, Sequence, change.WallTime)
        : SectionOps.Write(before, id, elements, Sequence, change.WallTime);
}

/// <summary>
/// What the pending changes of one section make of it. Each change is taken in once and applied to the head at most once, however many are pending
/// and however often the section is read.
/// </summary>
internal sealed class SectionOverlay(SectionId id, SectionOutline? outline)
{
    private readonly Queue<PendingPart> _changes = new();
    private readonly Queue<PendingPart> _notInHead = new();
    private PendingPart? _newest;
    private Section? _head;
    private long _headSequence = -1;
    private int _large;

    /// <summary>After every pending change; null when the section is then absent.</summary>
    public SectionOutline? Outline { get; set; } = outline;

    public bool IsEmpty => _changes.Count == 0;

    public bool HasLarge => _large > 0;

    /// <summary>The part that a vector has here already, or null.</summary>
    public PendingPart? PartOf(long sequence) => _newest?.Sequence == sequence ? _newest : null;

    public void Add(PendingPart part)
    {
        _changes.Enqueue(part);
        _notInHead.Enqueue(part);
        _newest = part;
        _large += part.IsLarge ? 1 : 0;
    }

    /// <summary>The table has applied everything up to here.</summary>
    public void Remove(long sequence)
    {
        while (_changes.TryPeek(out var oldest) && oldest.Sequence <= sequence)
            _large -= _changes.Dequeue().IsLarge ? 1 : 0;
        while (_notInHead.TryPeek(out var oldest) && oldest.Sequence <= sequence)
            _notInHead.Dequeue();
    }

    /// <summary>Kept, since a later read needs only the changes after it; it stays right when the table catches up with it.</summary>
    public Section? Head(SectionTable table)
    {
        if (_headSequence < table.Sequence)
            (_head, _headSequence) = (table.Find(id), table.Sequence);
        while (_notInHead.TryDequeue(out var change))
            (_head, _headSequence) = (change.Apply(_head, id), change.Sequence);
        return _head;
    }
}
