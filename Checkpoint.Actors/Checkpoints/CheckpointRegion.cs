namespace Checkpoint.Actors.Checkpoints;

/// <summary>Where the entities of checkpoint names live.</summary>
public static class CheckpointRegion
{
    /// <summary>
    /// Equal on every host, so a constant: ten shards for each of some 25 hosts, so that a host's share differs by a tenth at most, and
    /// still few enough for the coordinator's state (one entry a shard, about 100 bytes) to stay far below a frame.
    /// </summary>
    public const uint ShardCount = 256;
}
