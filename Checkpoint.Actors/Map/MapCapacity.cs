namespace Checkpoint.Actors.Map;

/// <summary>
/// How full each bucket is by what the tables of this host hold. Every host holds all stable content of its view, so each orderer can
/// tell from its own accounts whether a bucket has room, and answers NO_RESOURCES before it orders what would not fit. Pure.
/// </summary>
public sealed class MapCapacity(BucketPool pool)
{
    private readonly int[] _usedBytes = new int[pool.Count];

    public BucketPool Pool => pool;

    /// <value>Bytes in the map, entries' overhead included.</value>
    public long UsedBytes { get; private set; }

    /// <value>Bytes.</value>
    public int UsedBytesOf(int bucket) => _usedBytes[bucket];

    internal void Add(int bucket, int bytes)
    {
        if (_usedBytes[bucket] + bytes < 0)
            throw new InvalidOperationException($"Bucket {bucket} holds {_usedBytes[bucket]} bytes, of which {-bytes} cannot go.");
        _usedBytes[bucket] += bytes;
        UsedBytes += bytes;
    }
}
