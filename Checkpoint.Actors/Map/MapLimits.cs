using Checkpoint.Actors.Content;

namespace Checkpoint.Actors.Map;

/// <summary>Constants of the section map that must be equal on every node: they decide where a page lies and how large a value may be.</summary>
public static class MapLimits
{
    /// <summary>
    /// A bucket is never larger, so that a gossip message with one bucket (max-delta-elements = 1) stays below the frame of 256 KiB with
    /// 32 KiB for key, envelope and remoting header. A change that would pass it is left out and counted.
    /// </summary>
    public const int BucketSizeMaxBytes = 224 * 1024;

    /// <summary>
    /// Orderers let a bucket grow up to here. Two orderers on different hosts cannot see what the other has on its way; the 64 KiB above
    /// take that in.
    /// </summary>
    public const int BucketSizeOrderedMaxBytes = 160 * 1024;

    /// <summary>
    /// Bytes of a full quota for each bucket of the pool. A bucket then holds two pages or so on average and ten at most: pages are placed
    /// by hash, and with two on average eleven are rare (a test fills nine tenths of a quota and finds room for every section), so
    /// NO_RESOURCES for a full bucket comes only near the quota.
    /// </summary>
    public const int BucketSizeMeanBytes = 2 * ContentLimits.PageSizeBytes;

    /// <summary>
    /// What a checkpoint's declared sizes are divided by to know over how many buckets it spreads: small ones need one. Half a page: the
    /// wider a checkpoint spreads, the evener the buckets, and each costs every host a key.
    /// </summary>
    public const int SpreadUnitBytes = ContentLimits.PageSizeBytes / 2;

    /// <summary>Of a page in a bucket, beside its bytes and its section's id: u16 id length, i32 index, u32 length.</summary>
    public const int PageOverheadBytes = 10;

    /// <summary>Of a part in a bucket: the incarnation, its stamp, its flags, the number of its pages.</summary>
    public const int PartOverheadBytes = 29;

    /// <summary>Of a bucket: version, number of parts.</summary>
    public const int BucketOverheadBytes = 5;
}
