using System.Numerics;
using Checkpoint.Actors.Content;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Map;

/// <summary>
/// The fixed pool of buckets that all pages of all checkpoints share. Bucket keys are never deleted and never added to: what comes and
/// goes are the parts in them.
/// </summary>
public sealed class BucketPool
{
    /// <summary>Enough for 2 GiB. A gossip tick looks at every key that was ever used, ten times: 0.2 s when all were, so no more.</summary>
    public const int CountMax = 131_072;

    public BucketPool(int count) => Count = count is >= 1 and <= CountMax
        ? count
        : throw new ArgumentOutOfRangeException(nameof(count), count, $"a pool has 1 to {CountMax} buckets");

    /// <value>Buckets.</value>
    public int Count { get; }

    /// <summary>The pool for a host's quota, the same on every host that has the same quota.</summary>
    public static BucketPool ForQuota(long quotaBytes) =>
        new((int)Math.Clamp(quotaBytes / MapLimits.BucketSizeMeanBytes, 1, CountMax));

    /// <summary>The buckets among which an incarnation's pages lie.</summary>
    public BucketSpread SpreadOf(IncarnationId incarnation, CreationAttributes attributes)
    {
        Span<byte> bytes = stackalloc byte[16];
        incarnation.Value.TryWriteBytes(bytes);
        var hash = StableHash.Of64(bytes);
        return new(Count, (int)(hash % (ulong)Count), WidthOf(attributes), hash);
    }

    /// <summary>As many buckets as the declared sizes can fill with <see cref="MapLimits.SpreadUnitBytes"/> each.</summary>
    private int WidthOf(CreationAttributes attributes)
    {
        var section = (BigInteger)Math.Min(attributes.MaxSectionSize, (ulong)ContentLimits.SectionSizeMaxBytes)
            + Math.Min(attributes.MaxSectionIdSize, SectionId.LengthMaxBytes)
            + SectionHeader.LengthBytes + (2 * MapLimits.PageOverheadBytes);
        var declared = section * attributes.MaxSections;
        return (int)BigInteger.Min(Count, (declared + MapLimits.SpreadUnitBytes - 1) / MapLimits.SpreadUnitBytes);
    }
}

/// <summary>Where the pages of one incarnation lie: <paramref name="Width"/> buckets in a row from <paramref name="First"/>, round the pool's end.</summary>
/// <param name="Salt">Of the incarnation, so that ids which collide in one checkpoint do not collide in the next.</param>
public readonly record struct BucketSpread(int PoolCount, int First, int Width, ulong Salt)
{
    /// <summary>
    /// A section's header and first page share a bucket, so that a small section is in one part; the pages that follow take the buckets
    /// that follow, which fills them evenly.
    /// </summary>
    public int BucketOf(PageKey page)
    {
        if (Width == 1)
            return First;
        var start = (StableHash.Of64(page.Section.Bytes.Span) ^ Salt) * 0x9E3779B97F4A7C15UL >> 20;
        return (int)(((ulong)First + ((start + (ulong)Math.Max(0, page.Index)) % (ulong)Width)) % (ulong)PoolCount);
    }
}
