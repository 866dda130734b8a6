using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>
/// One vector read: first every element is looked up in one state, then the bytes are copied out of what was found, which nobody writes to.
/// <code>
///   looking up --every element--> copying --every byte--> done          looking up --an element is wrong--> done (refused)
/// </code>
/// </summary>
/// <param name="pending">Null: the stable state. Else the head.</param>
/// <param name="room">Where each buffer's bytes are reserved before any is copied; NO_MEMORY where there is none. Null: another host asks.</param>
internal sealed class SectionReader(
    SectionTable table, IReadOnlyList<ReadElement> elements, PendingSections? pending, Reservation? room = null) : IQuerySteps
{
    private readonly Section[] _found = new Section[elements.Count];
    private readonly ReadOnlyMemory<byte>[] _data = new ReadOnlyMemory<byte>[elements.Count];
    private ReadResult? _refused = elements.Count == 0 ? ReadResult.Refused(AisStatus.InvalidParam, "a vector of 0 elements") : null;
    private int _looked;
    private int _copied;
    private byte[]? _buffer;
    private int _filled;

    public bool NeedsTable => _refused is null && _looked < elements.Count;

    /// <summary>Bytes of all that was found so far.</summary>
    public long Bytes { get; private set; }

    public ReadResult Read => _refused ?? new(AisStatus.Ok, _data);

    public QueryResult Result => _refused is { } refused
        ? new QueryResult.Refused(refused.Status, refused.Reason, refused.ErroneousIndex)
        : new QueryResult.Read(_data);

    /// <summary>All elements, in one step.</summary>
    public void LookUp()
    {
        while (NeedsTable)
            Look(_looked);
    }

    public bool Step(long work)
    {
        for (; work > 0 && NeedsTable; work -= ContentWork.PerElement)
            Look(_looked);
        if (_refused is not null)
            return true;
        while (work > 0 && _copied < elements.Count)
            work -= ContentWork.PerElement + Copy(Math.Max(work, ContentLimits.PageSizeBytes));
        return _copied == elements.Count;
    }

    private void Look(int index)
    {
        var element = elements[index];
        var range = element.Range;
        if (!element.IsWhole && range.Length > table.Attributes.MaxSectionSize)
            Refuse(AisStatus.InvalidParam, $"{range.Length} bytes are above max-section-size {table.Attributes.MaxSectionSize}", index);
        else if ((pending is null ? table.Find(element.Id) : pending.Head(element.Id)) is not { } section)
            Refuse(AisStatus.NotExist, $"section {element.Id} does not exist", index);
        else if (section.IsCorrupted)
            Refuse(AisStatus.NotExist, ContentCheck.CorruptedReason(element.Id), index);
        else if (range.Offset > (ulong)section.Size)
            Refuse(AisStatus.InvalidParam, $"offset {range.Offset} is beyond the section's {section.Size} bytes", index);
        else if (room?.TryReserve(section.LengthIn(range)) == false)
            Refuse(AisStatus.NoMemory, room.Refused!, -1);
        else
        {
            _found[_looked++] = section;
            Bytes += section.LengthIn(range);
        }
    }

    private void Refuse(AisStatus status, string reason, int index) => _refused = ReadResult.Refused(status, reason, index);

    /// <returns>Bytes.</returns>
    private long Copy(long bytesMax)
    {
        var (section, range) = (_found[_copied], elements[_copied].Range);
        var length = section.LengthIn(range);
        if (length <= ContentLimits.PageSizeBytes || length >= PagedMemory.BytesMin) // Not copied: where it lies.
        {
            _data[_copied++] = section.Read(range);
            return 0;
        }

        _buffer ??= GC.AllocateUninitializedArray<byte>(length);
        var part = (int)Math.Min(bytesMax, length - _filled);
        section.CopyTo((long)range.Offset + _filled, _buffer.AsSpan(_filled, part));
        _filled += part;
        if (_filled < length)
            return part;
        _data[_copied++] = _buffer;
        (_buffer, _filled) = (null, 0);
        return part;
    }
}
