using Checkpoint.Actors.Map;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>What a check says: the result, and when it is Ok the change to order and how much it adds.</summary>
/// <param name="Concrete">With a generated id filled in; null when nothing is to be ordered.</param>
/// <param name="GrowthBytes">By which sections become longer, a new one's id and overhead included. 0: it needs no new memory in the long run.</param>
public readonly record struct ContentVerdict(ContentResult Result, ContentOp? Concrete, long GrowthBytes)
{
    public static ContentVerdict Refused(ContentResult result) => new(result, null, 0);
}

/// <summary>
/// The orderer's check of one change against the content that all changes before it will have made. Reading <c>strict</c> of
/// ais-ckpt 1.6; the order of the checks is that of 1.3: arguments, then presence, then capacity, a vector element by element. The elements of a
/// vector apply in order, so each is checked against the sizes that those before it give. For one change; used once.
/// </summary>
internal sealed class ContentCheck(CreationAttributes attributes, PendingSections sections, MapShareGrowth? growth)
{
    /// <summary>The sizes of sections that earlier elements of the vector have made longer.</summary>
    private SlicedIds<long>? _grown;
    private long _growthBytes;

    private int _checked;

    /// <summary>So many more elements of a vector.</summary>
    /// <returns>What came of it, or null when there are more.</returns>
    public ContentVerdict? Step(ContentOp.Write write, long elements)
    {
        for (; elements > 0 && _checked < write.Elements.Count; elements--, _checked++)
            if (Element(write.Elements[_checked], write.Elements.Count) is { } refused)
                return ContentVerdict.Refused(refused with { ErroneousIndex = _checked });
        return _checked < write.Elements.Count ? null : new(ContentResult.Ok, write, _growthBytes);
    }

    public ContentVerdict Run(ContentOp op)
    {
        var result = Check(op);
        return result.Status == AisStatus.Ok ? new(result, op, _growthBytes) : ContentVerdict.Refused(result);
    }

    private ContentResult Check(ContentOp op) => op switch
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
        _growthBytes = create.Id.Length + LogEntry.SectionOverheadBytes;
        return Grow(create.Id, MapShare.Absent, new(0, (ulong)create.Data.Length)) ?? ContentResult.Ok;
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
        return Grow(overwrite.Id, outline.Size, new(0, (ulong)overwrite.Data.Length)) ?? ContentResult.Ok;
    }

    private ContentResult Write(ContentOp.Write write)
    {
        if (write.Elements.Count == 0)
            return new(AisStatus.InvalidParam, "a vector of 0 elements");
        for (var index = 0; index < write.Elements.Count; index++)
            if (Element(write.Elements[index], write.Elements.Count) is { } refused)
                return refused with { ErroneousIndex = index };
        return ContentResult.Ok;
    }

    /// <param name="count">Elements of the vector.</param>
    private ContentResult? Element(WriteElement element, int count)
    {
        if (TooLong(element.Data.Length) is { } tooLong)
            return tooLong;
        var range = element.Range;
        if (!range.IsEmpty && !range.IsWithin(attributes.MaxSectionSize))
            return new(AisStatus.InvalidParam, $"{range} is above max-section-size {attributes.MaxSectionSize}");
        if (sections.Outline(element.Id) is not { } outline)
            return Absent(element.Id);
        if (outline.IsCorrupted)
            return new(AisStatus.NotExist, CorruptedReason(element.Id));
        var size = _grown?.TryGetValue(element.Id, out var grown) == true ? grown : outline.Size;
        if (range.IsEmpty || range.IsWithin((ulong)size))
            return null;
        if (Grow(element.Id, size, range) is { } refused)
            return refused;
        if (count > 1)
            (_grown ??= new(count)).At(element.Id) = range.EndSize;
        return null;
    }

    internal static string CorruptedReason(SectionId id) => $"section {id} is corrupted; only overwrite and delete work on it";

    /// <summary>May the section reach to the end of the range? What it grows by is counted, and taken into the accounts of the map.</summary>
    private ContentResult? Grow(SectionId id, long sizeBefore, ByteRange range)
    {
        if (!range.IsWithin((ulong)ContentLimits.SectionSizeMaxBytes))
            return new(AisStatus.NoResources, $"a section of {range.End} bytes is above the service's limit of {ContentLimits.SectionSizeMaxBytes}");
        if (growth?.Refuse(id, sizeBefore, range.EndSize) is { } reason)
            return new(AisStatus.NoResources, reason);
        _growthBytes += Math.Max(0, range.EndSize - Math.Max(0, sizeBefore));
        return null;
    }

    private static ContentResult? NotDefault(SectionId id) => id.IsDefault
        ? new(AisStatus.InvalidParam, "the default section can neither be deleted nor given an expiration time")
        : null;

    private static ContentResult Absent(SectionId id) => new(AisStatus.NotExist, $"section {id} does not exist");

    private ContentResult? TooLong(int length) => (ulong)length > attributes.MaxSectionSize
        ? new(AisStatus.InvalidParam, $"{length} bytes are above max-section-size {attributes.MaxSectionSize}")
        : null;

    private ContentResult? Present(SectionId id) => sections.Outline(id) is null ? Absent(id) : null;
}
