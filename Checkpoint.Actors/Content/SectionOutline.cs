using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>What a check needs to know of a section: everything but its bytes.</summary>
internal readonly record struct SectionOutline(long Size, long ExpirationTime, bool IsCorrupted)
{
    public static SectionOutline? Of(Section? section) =>
        section is null ? null : new(section.Size, section.ExpirationTime, section.IsCorrupted);

    /// <summary>The same rules as <see cref="SectionOps.Apply"/>, for sizes and states alone.</summary>
    public static SectionOutline? After(SectionOutline? before, SectionId id, ContentOp op) => op switch
    {
        ContentOp.CreateSection create => new(create.Data.Length, create.ExpirationTime, false),
        ContentOp.DeleteSection => null,
        ContentOp.SetExpiration set => before is { } old ? old with { ExpirationTime = set.ExpirationTime } : null,
        ContentOp.Overwrite overwrite => before is { } old ? old with { Size = overwrite.Data.Length, IsCorrupted = false } : null,
        ContentOp.Corrupt => before is { } old ? old with { IsCorrupted = true } : null,
        ContentOp.ExpireSections expire => before is { } old && old.ExpirationTime > expire.Time ? old : null,
        ContentOp.Write write => before is { } old ? old with { Size = SizeAfter(old.Size, id, write) } : null,
        _ => throw SectionOps.Unknown(op),
    };

    public static long SizeAfter(long size, SectionId id, ContentOp.Write write)
    {
        foreach (var element in write.Elements)
            if (!element.Data.IsEmpty && element.Id == id)
                size = Math.Max(size, element.Offset + element.Data.Length);
        return size;
    }
}
