using System.Collections.Immutable;
using Akka.DistributedData;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Map;

/// <summary>
/// The CRDT of the section map: a set of parts, one an incarnation, each taken whole from the higher stamp. Stamps are sequences of the
/// checkpoint's one order, so a part is a function of its stamp and merging is a maximum over a total order: it commutes, associates and
/// repeats safely. Parts of incarnations that this host does not hold are left out of every result, hence no tombstones. Immutable.
/// The laws hold below <see cref="MapLimits.BucketSizeMaxBytes"/>, where <see cref="MapCapacity"/> keeps buckets.
/// </summary>
public sealed class Bucket : IReplicatedData<Bucket>
{
    private readonly HeldIncarnations _held;

    /// <summary>
    /// The value that this one was made from. Weak, and let go at the merge, or each version would keep the one before it alive.
    /// </summary>
    private WeakReference<Bucket>? _origin;

    private Bucket(HeldIncarnations held, ImmutableSortedDictionary<IncarnationId, BucketPart> parts, Bucket? origin)
    {
        _held = held;
        Parts = parts;
        _origin = origin is null ? null : new WeakReference<Bucket>(origin);
        SizeBytes = MapLimits.BucketOverheadBytes + parts.Values.Sum(part => part.SizeBytes);
    }

    public ImmutableSortedDictionary<IncarnationId, BucketPart> Parts { get; }

    /// <value>Bytes, encoded.</value>
    public int SizeBytes { get; }

    public static Bucket Empty(HeldIncarnations held) => new(held, ImmutableSortedDictionary<IncarnationId, BucketPart>.Empty, null);

    /// <summary>Never throws: a throw in here while gossip is merged would restart the Replicator with an empty store.</summary>
    public Bucket Merge(Bucket other)
    {
        // The Replicator merges the old value with the new one at every update, and would restore what the new one left out.
        if (other.DerivesFrom(this))
        {
            other._origin = null;
            return other;
        }

        var merged = Parts.ToBuilder();
        var isOwn = true;
        foreach (var (incarnation, part) in other.Parts)
        {
            if (merged.TryGetValue(incarnation, out var own) && part.Stamp <= own.Stamp)
                continue;
            merged[incarnation] = part;
            isOwn = false;
        }

        return isOwn && Parts.Keys.All(_held.Contains) ? this : Of(_held, merged, null);
    }

    public IReplicatedData Merge(IReplicatedData other)
    {
        if (other is Bucket bucket)
            return Merge(bucket);
        _held.CountValueRefused();
        return this;
    }

    /// <summary>This bucket after some updates. Only the Replicator's own copy may be changed: the result names it as its origin.</summary>
    internal Bucket With(IReadOnlyDictionary<IncarnationId, PartChange> changes)
    {
        var parts = Parts.ToBuilder();
        foreach (var (incarnation, change) in changes)
            if (change.IsDropped)
                parts.Remove(incarnation);
            else
                parts[incarnation] = After(parts.GetValueOrDefault(incarnation, BucketPart.None)!, change);
        return Of(_held, parts, this);
    }

    /// <summary>One incarnation's part that cannot be made costs that part: other incarnations lie in the same bucket.</summary>
    private BucketPart After(BucketPart before, PartChange change)
    {
        try
        {
            return before.With(change);
        }
        catch (Exception)
        {
            _held.CountPartLeftOut();
            return (before with { Stamp = Math.Max(before.Stamp, change.Stamp) }).LeftOut();
        }
    }

    internal static Bucket Of(HeldIncarnations held, ImmutableSortedDictionary<IncarnationId, BucketPart>.Builder parts, Bucket? origin)
    {
        var size = MapLimits.BucketOverheadBytes;
        foreach (var (incarnation, part) in parts.ToArray())
        {
            if (!held.Admits(incarnation))
            {
                parts.Remove(incarnation);
                continue;
            }

            if (size + part.SizeBytes > MapLimits.BucketSizeMaxBytes)
            {
                held.CountPartLeftOut();
                parts[incarnation] = part.LeftOut();
            }

            size += parts[incarnation].SizeBytes;
        }

        return new(held, parts.ToImmutable(), origin);
    }

    private bool DerivesFrom(Bucket other) =>
        _origin is { } origin && origin.TryGetTarget(out var target) && ReferenceEquals(target, other);
}

/// <summary>One bucket of the pool. The pool's size is in the name: hosts that disagree on it never mix their buckets.</summary>
public sealed class BucketKey(string id) : Key<Bucket>(id)
{
    public const string Prefix = "checkpoint-bucket-";

    public static BucketKey Of(BucketPool pool, int bucket) => new($"{Prefix}{pool.Count}-{bucket}");
}
