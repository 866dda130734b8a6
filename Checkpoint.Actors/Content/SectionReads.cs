using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>
/// Reads of one state: the stable one, or with <see cref="PendingSections"/> the head that includes everything ordered (what an
/// asynchronous checkpoint's active replica answers). Nothing here changes the table.
/// </summary>
public static class SectionReads
{
    /// <summary>
    /// saCkptCheckpointRead: min(size, rest of the section) from each offset, all elements of one state. INVALID_PARAM for an offset
    /// beyond the section or more than max-section-size, NOT_EXIST for an absent or corrupted section; with the element's index.
    /// </summary>
    public static ReadResult Read(this SectionTable table, IReadOnlyList<ReadElement> elements, PendingSections? pending = null)
    {
        if (elements.Count == 0)
            return ReadResult.Refused(AisStatus.InvalidParam, "a vector of 0 elements");
        var data = new ReadOnlyMemory<byte>[elements.Count];
        for (var index = 0; index < data.Length; index++)
        {
            var element = elements[index];
            var range = element.Range;
            if (!element.IsWhole && range.Length > table.Attributes.MaxSectionSize)
                return ReadResult.Refused(
                    AisStatus.InvalidParam, $"{range.Length} bytes are above max-section-size {table.Attributes.MaxSectionSize}", index);
            if (table.Head(element.Id, pending) is not { } section)
                return ReadResult.Refused(AisStatus.NotExist, $"section {element.Id} does not exist", index);
            if (section.IsCorrupted)
                return ReadResult.Refused(AisStatus.NotExist, ContentCheck.CorruptedReason(element.Id), index);
            if (range.Offset > (ulong)section.Size)
                return ReadResult.Refused(
                    AisStatus.InvalidParam, $"offset {range.Offset} is beyond the section's {section.Size} bytes", index);
            data[index] = section.Read(range);
        }

        return new(AisStatus.Ok, data);
    }

    /// <summary>The ids that an iteration walks (ais-ckpt 2.8). <paramref name="time"/> counts for LEQ and GEQ only, both inclusive.</summary>
    public static IReadOnlyList<SectionId> Select(
        this SectionTable table, SectionsChosen chosen, long time, PendingSections? pending = null)
    {
        List<SectionId> ids = new(chosen == SectionsChosen.Any ? table.Count : 0);
        var isPending = pending is { Changes: > 0 };
        foreach (var section in table.Sections.Values)
            if (!(isPending && pending!.Touches(section.Id)) && Matches(section.ExpirationTime, section.IsCorrupted, chosen, time))
                ids.Add(section.Id);
        if (isPending)
            foreach (var id in pending!.TouchedIds)
                if (pending.Outline(id) is { } outline && Matches(outline.ExpirationTime, outline.IsCorrupted, chosen, time))
                    ids.Add(id);
        return ids;
    }

    /// <summary>Null when the section is absent.</summary>
    public static SectionDescriptor? Describe(this SectionTable table, SectionId id, PendingSections? pending = null) =>
        pending is null ? table.Find(id)?.Describe() : pending.Outline(id)?.Describe(id);

    private static Section? Head(this SectionTable table, SectionId id, PendingSections? pending) =>
        pending is null ? table.Find(id) : pending.Head(id);

    private static bool Matches(long expirationTime, bool isCorrupted, SectionsChosen chosen, long time) => chosen switch
    {
        SectionsChosen.Any => true,
        SectionsChosen.Forever => expirationTime == AisTime.End,
        SectionsChosen.LessOrEqual => expirationTime <= time,
        SectionsChosen.GreaterOrEqual => expirationTime >= time,
        SectionsChosen.Corrupted => isCorrupted,
        _ => throw new ArgumentOutOfRangeException(nameof(chosen), chosen, "no SaCkptSectionsChosenT"),
    };
}
