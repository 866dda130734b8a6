namespace Checkpoint.Protocol;

/// <summary>SaCkptCheckpointOpenFlagsT (ais-ckpt 3.1).</summary>
[Flags]
public enum OpenFlags : uint
{
    None = 0,
    Read = 1,
    Write = 2,
    Create = 4,
}
