using System.Runtime.InteropServices;
using Checkpoint.Actors.Content;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Map;

/// <summary>One incarnation's entries in the accounts of <see cref="MapCapacity"/>. A section's size says all: pages have fixed lengths.</summary>
public sealed class MapShare(MapCapacity capacity, IncarnationId incarnation, CreationAttributes attributes)
{
    /// <summary>A section that is absent.</summary>
    public const long Absent = -1;

    /// <summary>What is in the accounts for this incarnation, so that all of it can be given back even when a change broke off half-way.</summary>
    private readonly Dictionary<int, int> _own = [];
    private readonly BucketSpread _spread = capacity.Pool.SpreadOf(incarnation, attributes);

    /// <summary>The accounts follow one section from one size to another; <see cref="Absent"/> before a create and after a delete.</summary>
    internal void Changed(SectionId id, long sizeBefore, long sizeAfter)
    {
        if (sizeBefore == sizeAfter)
            return;
        foreach (var (bucket, bytes) in Differences(id, sizeBefore, sizeAfter))
        {
            ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(_own, bucket, out _);
            capacity.Add(bucket, bytes);
            own += bytes;
        }
    }

    internal MapShareGrowth Growth() => new(this, capacity);

    internal void Release()
    {
        foreach (var (bucket, bytes) in _own)
            capacity.Add(bucket, -bytes);
        _own.Clear();
    }

    internal IEnumerable<(int Bucket, int Bytes)> Differences(SectionId id, long sizeBefore, long sizeAfter)
    {
        var header = EntryBytes(id, SectionHeader.LengthBytes);
        if (sizeBefore == Absent)
            yield return (_spread.BucketOf(new(id, PageKey.Header)), header);
        if (sizeAfter == Absent)
            yield return (_spread.BucketOf(new(id, PageKey.Header)), -header);

        var (before, after) = (Math.Max(0, sizeBefore), Math.Max(0, sizeAfter));
        var last = Math.Max(SectionPages.CountOf(before), SectionPages.CountOf(after));
        for (var index = Math.Max(0, Math.Min(SectionPages.CountOf(before), SectionPages.CountOf(after)) - 1); index < last; index++)
        {
            var bytes = PageBytes(id, after, index) - PageBytes(id, before, index);
            if (bytes != 0)
                yield return (_spread.BucketOf(new(id, index)), bytes);
        }
    }

    private static int PageBytes(SectionId id, long size, int index)
    {
        var length = SectionPages.LengthOf(size, index);
        return length == 0 ? 0 : EntryBytes(id, length);
    }

    private static int EntryBytes(SectionId id, int length) => MapLimits.PageOverheadBytes + id.Length + length;
}

/// <summary>What one change, element after element, would add to the buckets.</summary>
internal sealed class MapShareGrowth(MapShare share, MapCapacity capacity)
{
    private Dictionary<int, int>? _added;

    /// <summary>Why the section cannot grow so far, or null when it can.</summary>
    public string? Refuse(SectionId id, long sizeBefore, long sizeAfter)
    {
        if (sizeAfter <= sizeBefore)
            return null;
        _added ??= [];
        foreach (var (bucket, bytes) in share.Differences(id, sizeBefore, sizeAfter))
        {
            var added = _added.GetValueOrDefault(bucket) + bytes;
            _added[bucket] = added;
            if (bytes > 0 && capacity.UsedBytesOf(bucket) + added > MapLimits.BucketSizeOrderedMaxBytes)
                return $"bucket {bucket} of the section map holds {capacity.UsedBytesOf(bucket)} bytes and its limit is {MapLimits.BucketSizeOrderedMaxBytes}";
        }

        return null;
    }
}
