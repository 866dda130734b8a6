using Checkpoint.Actors.Map;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>
/// The orderer's check of one change against the content that all changes before it will have made. Reading <c>strict</c> of
/// ais-ckpt 1.6; the order of the checks is that of 1.3: arguments, then presence, then capacity, a vector element by element.
/// </summary>
internal sealed class ContentCheck(CreationAttributes attributes, PendingSections sections, MapShareGrowth? growth)
{
    public ContentResult Run(ContentOp op) => op switch
    {
        ContentOp.CreateSection create => Create(create),
        ContentOp.DeleteSection delete => NotDefault(delete.Id) ?? Present(delete.Id) ?? ContentResult.Ok,
        ContentOp.SetExpiration set => SetExpiration(set),
        ContentOp.Write write => Write(write),
        ContentOp.Overwrite overwrite => Overwrite(overwrite),
        ContentOp.Corrupt corrupt => Present(corrupt.Id) ?? ContentResult.Ok,
        ContentOp.ExpireSections => ContentResult.Ok, // Asks again, section by section, when it is applied.
        _ => throw SectionOps.Unknown(op),
    };

    private ContentResult Create(ContentOp.CreateSection create)
    {
        if (create.ExpirationTime < 0)
            return new(AisStatus.InvalidParam, $"expiration time {create.ExpirationTime} ns is negative");
        if ((ulong)create.Id.Length > attributes.MaxSectionIdSize)
            return new(AisStatus.InvalidParam, $"a section id of {create.Id.Length} bytes is above max-section-id-size {attributes.MaxSectionIdSize}");
        if (TooLong(create.Data.Length) is { } tooLong)
            return tooLong;
        if (attributes.HasDefaultSection)
            return new(AisStatus.Exist, "max-sections is 1: the default section is the only one and cannot be created");
        if (create.Id.IsDefault && attributes.MaxSectionIdSize == 0)
            return new(AisStatus.InvalidParam, "max-section-id-size 0 leaves no room for a generated id");
        if (!create.Id.IsDefault && sections.Outline(create.Id) is not null)
            return new(AisStatus.Exist, $"section {create.Id} exists");
        if ((uint)sections.Count >= attributes.MaxSections)
            return new(AisStatus.NoSpace, $"all {attributes.MaxSections} sections of max-sections are in use");
        return TooLarge(create.Data.Length) ?? NoRoom(create.Id, -1, create.Data.Length) ?? ContentResult.Ok;
    }

    private ContentResult SetExpiration(ContentOp.SetExpiration set)
    {
        if (set.ExpirationTime < 0)
            return new(AisStatus.InvalidParam, $"expiration time {set.ExpirationTime} ns is negative");
        return NotDefault(set.Id) ?? Present(set.Id) ?? ContentResult.Ok;
    }

    private ContentResult Overwrite(ContentOp.Overwrite overwrite)
    {
        if (TooLong(overwrite.Data.Length) is { } tooLong)
            return tooLong;
        if (sections.Outline(overwrite.Id) is not { } outline)
            return Absent(overwrite.Id);
        return TooLarge(overwrite.Data.Length) ?? NoRoom(overwrite.Id, outline.Size, overwrite.Data.Length) ?? ContentResult.Ok;
    }

    private ContentResult Write(ContentOp.Write write)
    {
        if (write.Elements.Count == 0)
            return new(AisStatus.InvalidParam, "a vector of 0 elements");
        for (var index = 0; index < write.Elements.Count; index++)
            if (Element(write.Elements[index]) is { } refused)
                return refused with { ErroneousIndex = index };
        return ContentResult.Ok;
    }

    private ContentResult? Element(WriteElement element)
    {
        if (TooLong(element.Data.Length) is { } tooLong)
            return tooLong;
        if (element.Offset < 0)
            return new(AisStatus.InvalidParam, $"offset {element.Offset} is above every max-section-size");
        var end = element.Data.IsEmpty ? 0 : (ulong)element.Offset + (ulong)element.Data.Length;
        if (end > attributes.MaxSectionSize)
            return new(AisStatus.InvalidParam, $"offset {element.Offset} + {element.Data.Length} bytes is above max-section-size {attributes.MaxSectionSize}");
        if (sections.Outline(element.Id) is not { } outline)
            return Absent(element.Id);
        if (outline.IsCorrupted)
            return new(AisStatus.NotExist, CorruptedReason(element.Id));
        return end <= (ulong)outline.Size ? null : TooLarge((long)end) ?? NoRoom(element.Id, outline.Size, (long)end);
    }

    internal static string CorruptedReason(SectionId id) => $"section {id} is corrupted; only overwrite and delete work on it";

    private static ContentResult? TooLarge(long size) => size > ContentLimits.SectionSizeMaxBytes
        ? new(AisStatus.NoResources, $"a section of {size} bytes is above the service's limit of {ContentLimits.SectionSizeMaxBytes}")
        : null;

    private static ContentResult? NotDefault(SectionId id) => id.IsDefault
        ? new(AisStatus.InvalidParam, "the default section can neither be deleted nor given an expiration time")
        : null;

    private static ContentResult Absent(SectionId id) => new(AisStatus.NotExist, $"section {id} does not exist");

    private ContentResult? TooLong(int length) => (ulong)length > attributes.MaxSectionSize
        ? new(AisStatus.InvalidParam, $"{length} bytes are above max-section-size {attributes.MaxSectionSize}")
        : null;

    private ContentResult? Present(SectionId id) => sections.Outline(id) is null ? Absent(id) : null;

    private ContentResult? NoRoom(SectionId id, long sizeBefore, long sizeAfter) => growth?.Refuse(id, sizeBefore, sizeAfter) is { } reason
        ? new(AisStatus.NoResources, reason)
        : null;
}
