using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>What a check and an iteration need to know of a section: everything but its bytes.</summary>
internal readonly record struct SectionOutline(long Size, long ExpirationTime, bool IsCorrupted, long LastUpdate)
{
    public static SectionOutline? Of(Section? section) =>
        section is null ? null : new(section.Size, section.ExpirationTime, section.IsCorrupted, section.LastUpdate);

    /// <summary>The same rules as <see cref="SectionOps.Apply"/>, for sizes and states alone.</summary>
    public static SectionOutline? After(SectionOutline? before, ContentOp op, long wallTime) => op switch
    {
        ContentOp.CreateSection create => new(create.Data.Length, create.ExpirationTime, false, wallTime),
        ContentOp.DeleteSection => null,
        ContentOp.SetExpiration set => before is { } old ? old with { ExpirationTime = set.ExpirationTime } : null,
        ContentOp.Overwrite overwrite => before is { } old
            ? old with { Size = overwrite.Data.Length, IsCorrupted = false, LastUpdate = wallTime }
            : null,
        ContentOp.Corrupt => before is { } old ? old with { IsCorrupted = true } : null,
        ContentOp.ExpireSections expire => before is { } old && old.ExpirationTime > expire.Time ? old : null,
        _ => throw SectionOps.Unknown(op),
    };

    /// <summary>The same rule as <see cref="SectionOps.Write"/>, for one element.</summary>
    public static SectionOutline? After(SectionOutline? before, WriteElement element, long wallTime) => before is { } old && !element.Data.IsEmpty
        ? old with { Size = Math.Max(old.Size, element.Range.EndSize), LastUpdate = wallTime }
        : before;

    public SectionDescriptor Describe(SectionId id) =>
        new(id, ExpirationTime, Size, IsCorrupted ? SectionState.Corrupted : SectionState.Valid, LastUpdate);
}
