namespace Checkpoint.Protocol;

/// <summary>FNV-1a with a final mix: the same number in every process and version, so it may place shards, buckets and orderers.</summary>
public static class StableHash
{
    public static int Of(ReadOnlySpan<byte> bytes) => (int)Of64(bytes);

    public static ulong Of64(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in bytes)
            hash = (hash ^ value) * 1099511628211UL;
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdUL;
        return hash ^ (hash >> 33);
    }
}
