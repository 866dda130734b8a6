namespace Checkpoint.Protocol;

/// <summary>SaCkptSectionStateT (ais-ckpt 2.3).</summary>
public enum SectionState : byte
{
    Valid = 1,
    Corrupted = 2,
}

/// <summary>SaCkptSectionsChosenT: the filter of an iteration (ais-ckpt 2.8).</summary>
public enum SectionsChosen : byte
{
    Forever = 1,
    LessOrEqual = 2,
    GreaterOrEqual = 3,
    Corrupted = 4,
    Any = 5,
}

/// <summary>SaCkptSectionDescriptorT.</summary>
/// <param name="ExpirationTime">Nanoseconds since 1970 UTC; <see cref="AisTime.End"/> is never.</param>
/// <param name="Size">Bytes.</param>
/// <param name="LastUpdate">Nanoseconds since 1970 UTC, by create, write or overwrite.</param>
public sealed record SectionDescriptor(SectionId Id, long ExpirationTime, long Size, SectionState State, long LastUpdate);
