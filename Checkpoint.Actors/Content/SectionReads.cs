using Checkpoint.Actors.Transit;
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
    /// <param name="room">Where each buffer's bytes are reserved before it is copied; NO_MEMORY where there is none. Null: another host asks.</param>
    public static ReadResult Read(
        this SectionTable table, IReadOnlyList<ReadElement> elements, PendingSections? pending = null, Reservation? room = null)
    {
        var reader = new SectionReader(table, elements, pending, room);
        reader.Step(long.MaxValue);
        return reader.Read;
    }

    /// <summary>The ids that an iteration walks (ais-ckpt 2.8). <paramref name="time"/> counts for LEQ and GEQ only, both inclusive.</summary>
    public static IReadOnlyList<SectionId> Select(
        this SectionTable table, SectionsChosen chosen, long time, PendingSections? pending = null)
    {
        var lister = new SectionLister(table, chosen, time, pending);
        lister.Step(long.MaxValue);
        return lister.Ids;
    }

    /// <summary>Null when the section is absent.</summary>
    public static SectionDescriptor? Describe(this SectionTable table, SectionId id, PendingSections? pending = null) =>
        pending is null ? table.Find(id)?.Describe() : pending.Outline(id)?.Describe(id);
}
