namespace Checkpoint.Protocol;

public enum SectionChangeKind : byte
{
    Created = 1,
    Written = 2,
    Overwritten = 3,
    Deleted = 4,
    Expired = 5,
}

/// <summary>One section touched by one stable update, as trackers see it (ais-ckpt 1.7; field R15).</summary>
/// <param name="Offset">Bytes from the section's start.</param>
/// <param name="Size">Bytes written; 0 for a deletion.</param>
public sealed record SectionChange(SectionChangeKind Kind, SectionId Id, long Offset, long Size);
