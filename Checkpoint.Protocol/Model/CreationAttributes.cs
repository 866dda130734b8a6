namespace Checkpoint.Protocol;

/// <summary>SaCkptCheckpointCreationAttributesT: fixed when the checkpoint is created (ais-ckpt 2.2).</summary>
/// <param name="CheckpointSize">Bytes; declared, not enforced.</param>
/// <param name="RetentionDuration">Nanoseconds after the last close; <see cref="AisTime.End"/> is for ever. The value at creation.</param>
/// <param name="MaxSections">At least 1; exactly 1 means that the default section exists.</param>
/// <param name="MaxSectionSize">Bytes.</param>
/// <param name="MaxSectionIdSize">Bytes.</param>
public sealed record CreationAttributes(
    CreationFlags Flags,
    ulong CheckpointSize,
    long RetentionDuration,
    uint MaxSections,
    ulong MaxSectionSize,
    ulong MaxSectionIdSize)
{
    public bool HasDefaultSection => MaxSections == 1;

    /// <summary>The reason why an Open with these attributes is INVALID_PARAM, or null (ais-ckpt 1.5).</summary>
    public string? Fault()
    {
        if (!Flags.IsLegal())
            return $"creation flags {(uint)Flags} are none of 1, 2, 4, 9, 10, 12";
        if (MaxSections == 0)
            return "max-sections is 0; a checkpoint holds at least one section";
        if (RetentionDuration < 0)
            return $"retention duration {RetentionDuration} ns is negative";
        if (CheckpointSize > (UInt128)MaxSections * MaxSectionSize)
            return $"checkpoint size {CheckpointSize} is above max-sections {MaxSections} x max-section-size {MaxSectionSize}";
        return null;
    }
}
