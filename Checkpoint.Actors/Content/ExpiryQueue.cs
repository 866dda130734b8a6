using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>The sections that have an end, the earliest first. Those that never expire are not in it.</summary>
internal sealed class ExpiryQueue
{
    private readonly SortedSet<(long Time, SectionId Id)> _entries = new(new ByTimeThenId());

    /// <value>Nanoseconds since 1970 UTC; <see cref="AisTime.End"/> when nothing expires.</value>
    public long Next => _entries.Count == 0 ? AisTime.End : _entries.Min.Time;

    public void Move(SectionId id, long from, long to)
    {
        if (from == to)
            return;
        if (from != AisTime.End)
            _entries.Remove((from, id));
        if (to != AisTime.End)
            _entries.Add((to, id));
    }

    public IReadOnlyList<SectionId> DueAt(long time, int max)
    {
        if (Next > time)
            return [];
        return _entries.TakeWhile(entry => entry.Time <= time).Take(max).Select(entry => entry.Id).ToList();
    }

    private sealed class ByTimeThenId : IComparer<(long Time, SectionId Id)>
    {
        public int Compare((long Time, SectionId Id) x, (long Time, SectionId Id) y)
        {
            var byTime = x.Time.CompareTo(y.Time);
            return byTime != 0 ? byTime : x.Id.Bytes.Span.SequenceCompareTo(y.Id.Bytes.Span);
        }
    }
}
