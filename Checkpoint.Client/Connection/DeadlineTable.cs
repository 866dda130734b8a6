namespace Checkpoint.Client.Connection;

/// <summary>
/// What ends when. Deadlines fall into slots of <see cref="SlotNanoseconds"/>, so adding and removing cost the same however many
/// there are, and something answered is forgotten at once rather than at its deadline.
/// </summary>
internal sealed class DeadlineTable<T>
    where T : class
{
    public const long SlotNanoseconds = 20_000_000;

    private readonly SortedDictionary<long, HashSet<T>> _slots = [];

    public int Count { get; private set; }

    public void Add(T item, long deadline)
    {
        var slot = SlotOf(deadline);
        if (!_slots.TryGetValue(slot, out var items))
            _slots.Add(slot, items = []);
        if (items.Add(item))
            Count++;
    }

    public void Remove(T item, long deadline)
    {
        var slot = SlotOf(deadline);
        if (!_slots.TryGetValue(slot, out var items) || !items.Remove(item))
            return;
        Count--;
        if (items.Count == 0)
            _slots.Remove(slot);
    }

    /// <summary>Takes out everything whose deadline is at or before <paramref name="now"/>, to within one slot.</summary>
    public IReadOnlyList<T> TakeDue(long now)
    {
        List<T> due = [];
        while (_slots.Count > 0)
        {
            var (slot, items) = _slots.First();
            if (slot * SlotNanoseconds > now)
                break;
            due.AddRange(items);
            Count -= items.Count;
            _slots.Remove(slot);
        }

        return due;
    }

    // Rounded up: nothing ends before its time.
    private static long SlotOf(long deadline) => (deadline / SlotNanoseconds) + (deadline % SlotNanoseconds > 0 ? 1 : 0);
}
