using System.Runtime.InteropServices;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>
/// What the changes that are ordered but not yet stable will have made of a table: the orderer checks the next change against it, and
/// the active replica of an asynchronous checkpoint reads through it. Changes enter and leave in their order.
/// </summary>
/// <param name="table">The stable content below; <see cref="Remove"/> follows its <see cref="SectionTable.Apply"/> of the same change.</param>
/// <param name="elementsMax">
/// A change of more elements is not taken in: until it is stable and applied, every section counts as touched and nothing is known of the head. Nor is
/// what comes after it, until then.
/// </param>
/// <param name="bytesMax">With more data a section's head is not made: who wants to read it waits until the change is applied.</param>
public sealed class PendingSections(SectionTable table, int elementsMax = int.MaxValue, long bytesMax = long.MaxValue)
{
    private readonly Queue<OrderedChange> _changes = new();
    private readonly Queue<OrderedChange> _notTakenIn = new();
    private readonly Dictionary<SectionId, SectionOverlay> _overlays = new(SectionIdBytes.Comparer);
    private int _count;
    private long _bytesUsed;

    /// <value>Changes.</value>
    public int Changes => _changes.Count;

    /// <summary>A change of very many elements is pending: the head is known again when it is applied.</summary>
    public bool IsOpaque => _notTakenIn.Count > 0;

    /// <value>Sections after every pending change that is taken in.</value>
    public int Count => _changes.Count == 0 ? table.Count : _count;

    /// <value>Bytes: the sum of the section sizes after every pending change that is taken in.</value>
    public long BytesUsed => _changes.Count == 0 ? table.BytesUsed : _bytesUsed;

    /// <summary>Sections that a pending change touches, absent ones included.</summary>
    public IReadOnlyCollection<SectionId> TouchedIds => _overlays.Keys;

    /// <param name="op">As <see cref="SectionTable.Check"/> made it, and checked against all before it.</param>
    /// <param name="wallTime">The update's own time, which every host applies it with.</param>
    public void Add(ContentOp op, long sequence, long wallTime)
    {
        if (_changes.Count == 0)
            (_count, _bytesUsed) = (table.Count, table.BytesUsed);
        var change = new OrderedChange(op, sequence, wallTime);
        _changes.Enqueue(change);
        if (IsOpaque || IsLong(op))
            _notTakenIn.Enqueue(change);
        else
            TakeIn(change);
    }

    /// <summary>The oldest change is stable and the table has applied it.</summary>
    /// <exception cref="BrokenOrderException">It is not the oldest: the order is broken.</exception>
    public void Remove(long sequence)
    {
        if (!_changes.TryDequeue(out var change) || change.Sequence != sequence)
            throw new BrokenOrderException($"Update {sequence} is not the oldest pending one.");
        if (_notTakenIn.TryPeek(out var oldest) && oldest.Sequence == sequence)
        {
            _notTakenIn.Dequeue();
            (_count, _bytesUsed) = (table.Count, table.BytesUsed); // Everything before it was applied before it.
            while (_notTakenIn.TryPeek(out var next) && !IsLong(next.Op))
                TakeIn(_notTakenIn.Dequeue());
            return;
        }

        foreach (var id in SectionOps.IdsOf(change.Op))
            if (_overlays.TryGetValue(id, out var overlay))
            {
                overlay.Remove(sequence);
                if (overlay.IsEmpty)
                    _overlays.Remove(id);
            }
    }

    /// <summary>Must a read of the heads of these sections wait until what is pending of them is applied?</summary>
    public bool NeedsMark(IReadOnlyList<ReadElement> elements)
    {
        if (IsOpaque)
            return true;
        if (_overlays.Count == 0)
            return false;
        if (elements.Count > elementsMax)
            return true; // Not worth a look at each.
        foreach (var element in elements)
            if (_overlays.TryGetValue(element.Id, out var overlay) && overlay.HasLarge)
                return true;
        return false;
    }

    /// <summary>Does a pending change touch this section? Then a synchronous read waits for the mark.</summary>
    public bool Touches(SectionId id) => IsOpaque || _overlays.ContainsKey(id);

    /// <param name="id">The bytes of an id.</param>
    public bool TouchesBytes(ReadOnlySpan<byte> id) =>
        IsOpaque || (_overlays.Count > 0 && _overlays.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(id));

    public bool Touches(IReadOnlyList<ReadElement> elements)
    {
        if (IsOpaque)
            return true;
        if (_overlays.Count == 0)
            return false;
        if (elements.Count > elementsMax)
            return true; // Not worth a look at each: it waits for what is pending.
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

    private bool IsLong(ContentOp op) => ContentWork.ElementsOf(op) > elementsMax;

    private void TakeIn(OrderedChange change)
    {
        if (change.Op is ContentOp.Write write)
            foreach (var element in write.Elements)
                Touch(element, write, change);
        else
            foreach (var id in SectionOps.IdsOf(change.Op))
                Touch(id, change);
    }

    /// <summary>An expiry may name a section twice: the second time finds it as the first has made it.</summary>
    private void Touch(SectionId id, OrderedChange change)
    {
        var overlay = OverlayOf(id);
        if (overlay.PartOf(change.Sequence) is not null)
            return;
        overlay.Add(new PendingPart(change, null, change.Op.DataBytes > bytesMax));
        Become(overlay, SectionOutline.After(overlay.Outline, change.Op, change.WallTime));
    }

    private void Touch(WriteElement element, ContentOp.Write write, OrderedChange change)
    {
        var overlay = OverlayOf(element.Id);
        if (overlay.PartOf(change.Sequence) is { } part)
            part.Add(element);
        else
            overlay.Add(new PendingPart(
                change, write.Elements.Count == 1 ? write.Elements : new List<WriteElement> { element }, write.DataBytes > bytesMax));
        Become(overlay, SectionOutline.After(overlay.Outline, element, change.WallTime));
    }

    private SectionOverlay OverlayOf(SectionId id)
    {
        ref var overlay = ref CollectionsMarshal.GetValueRefOrAddDefault(_overlays, id, out _);
        return overlay ??= new SectionOverlay(id, SectionOutline.Of(table.Find(id)));
    }

    private void Become(SectionOverlay overlay, SectionOutline? after)
    {
        var before = overlay.Outline;
        overlay.Outline = after;
        _count += (after is null ? 0 : 1) - (before is null ? 0 : 1);
        _bytesUsed += (after?.Size ?? 0) - (before?.Size ?? 0);
    }
}
