using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>One pending change as one section sees it.</summary>
/// <param name="elements">Of a vector: those of this section, in order. Null for every other change.</param>
internal sealed class PendingPart(ContentOp op, IReadOnlyList<WriteElement>? elements, long sequence, long wallTime)
{
    public long Sequence { get; } = sequence;

    /// <summary>One more element of the same vector.</summary>
    public void Add(WriteElement element) => ((List<WriteElement>)elements!).Add(element);

    public Section? Apply(Section? before, SectionId id) => elements is null
        ? SectionOps.Apply(before, id, op, Sequence, wallTime)
        : SectionOps.Write(before, id, elements, Sequence, wallTime);
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

    /// <summary>After every pending change; null when the section is then absent.</summary>
    public SectionOutline? Outline { get; set; } = outline;

    public bool IsEmpty => _changes.Count == 0;

    /// <summary>The part that a vector has here already, or null.</summary>
    public PendingPart? PartOf(long sequence) => _newest?.Sequence == sequence ? _newest : null;

    public void Add(PendingPart part)
    {
        _changes.Enqueue(part);
        _notInHead.Enqueue(part);
        _newest = part;
    }

    /// <summary>The table has applied everything up to here.</summary>
    public void Remove(long sequence)
    {
        while (_changes.TryPeek(out var oldest) && oldest.Sequence <= sequence)
            _changes.Dequeue();
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
