namespace Checkpoint.Protocol;

/// <summary>SaCkptCheckpointCreationFlagsT. Legal values are 1, 2, 4, 9, 10 and 12 (ais-ckpt 3.1).</summary>
[Flags]
public enum CreationFlags : uint
{
    None = 0,
    WriteAllReplicas = 1,
    WriteActiveReplica = 2,
    WriteActiveReplicaWeak = 4,
    Collocated = 8,
}

public static class CreationFlagsRules
{
    public static bool IsLegal(this CreationFlags flags) => (uint)flags is 1 or 2 or 4 or 9 or 10 or 12;

    /// <summary>WR_ALL_REPLICAS: acknowledged by every replica; has no active replica.</summary>
    public static bool IsSynchronous(this CreationFlags flags) => (flags & CreationFlags.WriteAllReplicas) != 0;

    public static bool IsCollocated(this CreationFlags flags) => (flags & CreationFlags.Collocated) != 0;
}
