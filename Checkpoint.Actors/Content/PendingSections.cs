using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>
/// What the changes that are ordered but not yet stable will have made of a table: the orderer checks the next change against it, and
/// the active replica of an asynchronous checkpoint reads through it. Changes enter and leave in their order.
/// </summary>
/// <param name="table">The stable content below; <see cref="Remove"/> follows its <see cref="SectionTable.Apply"/> of the same change.</param>
public sealed class PendingSections(SectionTable table)
{
    private readonly Queue<Pending> _changes = new();
    private readonly Dictionary<SectionId, Overlay> _overlays = new(SectionIdBytes.Comparer);
    private int _count;
    private long _bytesUsed;

    /// <value>Changes.</value>
    public int Changes => _changes.Count;

    /// <value>Sections after every pending change.</value>
    public int Count => _changes.Count == 0 ? table.Count : _count;

    /// <value>Bytes: the sum of the section sizes after every pending change.</value>
    public long BytesUsed => _changes.Count == 0 ? table.BytesUsed : _bytesUsed;

    /// <summary>Sections that a pending change touches, absent ones included.</summary>
    public IReadOnlyCollection<SectionId> TouchedIds => _overlays.Keys;

    /// <param name="op">As <see cref="SectionTable.Check"/> made it, and checked against all before it.</param>
    /// <param name="wallTime">The update's own time, which every host applies it with.</param>
    public void Add(ContentOp op, long sequence, long wallTime)
    {
        if (_changes.Count == 0)
            (_count, _bytesUsed) = (table.Count, table.BytesUsed);
        var change = new Pending(op, sequence, wallTime);
        _changes.Enqueue(change);
        foreach (var id in SectionOps.IdsOf(op))
            Touch(id, change);
    }

    /// <summary>The oldest change is stable and the table has applied it.</summary>
    /// <exception cref="InvalidOperationException">It is not the oldest: the order is broken.</exception>
    public void Remove(long sequence)
    {
        if (!_changes.TryDequeue(out var change) || change.Sequence != sequence)
            throw new InvalidOperationException($"Update {sequence} is not the oldest pending one.");
        foreach (var id in SectionOps.IdsOf(change.Op))
            if (_overlays.TryGetValue(id, out var overlay) && overlay.Changes.TryPeek(out var oldest) && oldest.Sequence == sequence)
            {
                overlay.Changes.Dequeue();
                if (overlay.Changes.Count == 0)
                    _overlays.Remove(id);
            }
    }

    /// <summary>Does a pending change touch this section? Then a synchronous read waits for the mark.</summary>
    public bool Touches(SectionId id) => _overlays.ContainsKey(id);

    /// <param name="id">The bytes of an id.</param>
    public bool TouchesBytes(ReadOnlySpan<byte> id) =>
        _overlays.Count > 0 && _overlays.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(id);

    public bool Touches(IReadOnlyList<ReadElement> elements)
    {
        if (_overlays.Count == 0)
            return false;
        foreach (var element in elements)
            if (_overlays.ContainsKey(element.Id))
                return true;
        return false;
    }

    /// <summary>The section after every pending change; null when it is then absent.</summary>
    public Section? Head(SectionId id) => _overlays.TryGetValue(id, out var overlay) ? overlay.Head(table) : table.Find(id);

    /// <summary>Size and state after every pending change, without making the content; null when the section is then absent.</summary>
    internal SectionOutline? Outline(SectionId id) => _overlays.TryGetValue(id, out var overlay)
        ? overlay.Outline
        : SectionOutline.Of(table.Find(id));

    private void Touch(SectionId id, Pending change)
    {
        if (!_overlays.TryGetValue(id, out var overlay))
            _overlays.Add(id, overlay = new Overlay(id, SectionOutline.Of(table.Find(id))));
        if (overlay.NewestSequence == change.Sequence)
            return; // A vector named it before: the whole vector is taken in at once.
        var before = overlay.Outline;
        overlay.Add(change);
        _count += (overlay.Outline is null ? 0 : 1) - (before is null ? 0 : 1);
        _bytesUsed += (overlay.Outline?.Size ?? 0) - (before?.Size ?? 0);
    }

    internal sealed record Pending(ContentOp Op, long Sequence, long WallTime);

    private sealed class Overlay(SectionId id, SectionOutline? outline)
    {
        private Section? _head;
        private long _headSequence = -1;

        public SectionOutline? Outline { get; private set; } = outline;

        public long NewestSequence { get; private set; } = -1;

        public Queue<Pending> Changes { get; } = new();

        public void Add(Pending change)
        {
            Changes.Enqueue(change);
            NewestSequence = change.Sequence;
            Outline = SectionOutline.After(Outline, id, change.Op);
        }

        /// <summary>Kept, since a later read needs only the changes after it; it stays right when the table catches up with it.</summary>
        public Section? Head(SectionTable table)
        {
            if (_headSequence < table.Sequence)
                (_head, _headSequence) = (table.Find(id), table.Sequence);
            foreach (var change in Changes)
                if (change.Sequence > _headSequence)
                    (_head, _headSequence) = (SectionOps.Apply(_head, id, change.Op, change.Sequence, change.WallTime), change.Sequence);
            return _head;
        }
    }
}
