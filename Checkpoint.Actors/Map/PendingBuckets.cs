using Checkpoint.Protocol;

namespace Checkpoint.Actors.Map;

/// <summary>
/// The pure half of <see cref="SectionMap"/>: gathers what changed for each bucket until it may be written. Of a page only the newest
/// state waits, so this never holds more than the content itself. A bucket is written by one update at a time.
/// </summary>
internal sealed class PendingBuckets(BucketPool pool)
{
    private readonly Dictionary<IncarnationId, Place> _places = [];
    private readonly Dictionary<int, Dictionary<IncarnationId, PartChange>> _dirty = [];
    private readonly Queue<int> _ready = new();
    private readonly HashSet<int> _inFlight = [];

    /// <value>Buckets with changes that are not yet on their way.</value>
    public int DirtyCount => _dirty.Count;

    public int InFlightCount => _inFlight.Count;

    public int IncarnationCount => _places.Count;

    /// <returns>True when the incarnation was not held before.</returns>
    public bool Take(SectionMapProtocol.PagesChanged changed)
    {
        var isNew = !_places.TryGetValue(changed.Incarnation, out var place);
        if (place is null)
            _places.Add(changed.Incarnation, place = new Place(pool.SpreadOf(changed.Incarnation, changed.Attributes)));
        foreach (var page in changed.Pages)
        {
            var bucket = place.Spread.BucketOf(page.Key);
            place.Buckets.Add(bucket);
            ChangeOf(bucket, changed.Incarnation).Set(page, changed.Sequence, isWhole: isNew);
        }

        return isNew;
    }

    public void Take(SectionMapProtocol.Dropped dropped)
    {
        if (!_places.Remove(dropped.Incarnation, out var place))
            return;
        foreach (var bucket in place.Buckets)
            ChangeOf(bucket, dropped.Incarnation).Drop();
    }

    /// <summary>What has gathered so far may be written now.</summary>
    public void Flush()
    {
        _ready.Clear();
        foreach (var bucket in _dirty.Keys)
            _ready.Enqueue(bucket);
    }

    /// <summary>The next bucket to write. One that an update is on its way to stays for a later flush.</summary>
    public bool TryTake(out int bucket, out IReadOnlyDictionary<IncarnationId, PartChange> changes)
    {
        while (_ready.TryDequeue(out bucket))
        {
            if (_inFlight.Contains(bucket) || !_dirty.Remove(bucket, out var taken))
                continue;
            _inFlight.Add(bucket);
            changes = taken;
            return true;
        }

        changes = new Dictionary<IncarnationId, PartChange>();
        return false;
    }

    public void Written(int bucket)
    {
        if (!_inFlight.Remove(bucket))
            throw new InvalidOperationException($"No update of bucket {bucket} is on its way.");
    }

    private PartChange ChangeOf(int bucket, IncarnationId incarnation)
    {
        if (!_dirty.TryGetValue(bucket, out var parts))
            _dirty.Add(bucket, parts = []);
        if (!parts.TryGetValue(incarnation, out var change))
            parts.Add(incarnation, change = new PartChange());
        return change;
    }

    private sealed record Place(BucketSpread Spread)
    {
        public HashSet<int> Buckets { get; } = [];
    }
}
