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
    /// Orderers let a bucket grow up to here. Two orderers on different hosts cannot see what the other has on its way; the three pages
    /// above take that in.
    /// </summary>
    public const int BucketSizeOrderedMaxBytes = 176 * 1024;

    /// <summary>
    /// Bytes of a full quota for each bucket of the pool: one page on average where there is room for ten. Pages are placed by hash, so
    /// some buckets get several times the average; with this one NO_RESOURCES for a full bucket comes near the quota only (a test fills
    /// nine tenths and finds room for every section). Twice as much was too little for one host in fifteen.
    /// </summary>
    public const int BucketSizeMeanBytes = ContentLimits.PageSizeBytes;

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
