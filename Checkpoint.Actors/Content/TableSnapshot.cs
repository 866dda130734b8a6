using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>
/// One state of a table, frozen: it refers to immutable sections, so updates go on meanwhile. A newcomer is filled with its chunks,
/// each of which can be made again when it was lost on the way. Chunks may arrive in any order and more than once.
/// </summary>
public sealed class TableSnapshot
{
    /// <summary>First byte of a chunk.</summary>
    public const byte Version = 1;

    internal const byte HeaderItem = 1;
    internal const byte PageItem = 2;

    /// <summary>Version, chunk's index, number of chunks, sequence, number of sections, number of items.</summary>
    private const int ChunkHeaderBytes = 1 + 4 + 4 + 8 + 4 + 4;

    private readonly Section[] _sections;
    private readonly List<Position> _starts = [];
    private int _itemCount;

    internal TableSnapshot(CreationAttributes attributes, long sequence, Section[] sections)
    {
        Attributes = attributes;
        Sequence = sequence;
        _sections = sections;
        Plan();
    }

    public CreationAttributes Attributes { get; }

    /// <value>The update applied last.</value>
    public long Sequence { get; }

    /// <value>At least 1: an empty table has a chunk that says so.</value>
    public int ChunkCount => _starts.Count;

    public int SectionCount => _sections.Length;

    /// <summary>Writes chunk <paramref name="index"/>, at most <see cref="ContentLimits.ChunkSizeMaxBytes"/> long.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such chunk.</exception>
    public byte[] EncodeChunk(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, ChunkCount);
        var writer = new WireWriter(ContentLimits.ChunkSizeMaxBytes);
        writer.U8(Version);
        writer.I32(index);
        writer.I32(ChunkCount);
        writer.I64(Sequence);
        writer.I32(_sections.Length);
        var end = index + 1 < ChunkCount ? _starts[index + 1] : new Position(_sections.Length, PageKeyHeader, 0);
        writer.I32((index + 1 < ChunkCount ? _starts[index + 1].Item : _itemCount) - _starts[index].Item);
        for (var at = _starts[index]; at.Section != end.Section || at.Page != end.Page; at = Next(at))
            Write(writer, _sections[at.Section], at.Page);
        return writer.ToArray();
    }

    private const int PageKeyHeader = -1;

    private static void Write(WireWriter writer, Section section, int page)
    {
        if (page == PageKeyHeader)
        {
            writer.U8(HeaderItem);
            writer.Section(section.Id);
            writer.Raw(SectionHeader.Encode(section));
            return;
        }

        writer.U8(PageItem);
        writer.Section(section.Id);
        writer.I32(page);
        writer.Bytes(section.Pages[page]);
    }

    private static int LengthOf(Section section, int page) =>
        1 + 2 + section.Id.Length + (page == PageKeyHeader ? SectionHeader.LengthBytes : 8 + section.Pages[page].Length);

    private void Plan()
    {
        _starts.Add(new Position(0, PageKeyHeader, 0));
        var length = ChunkHeaderBytes;
        for (var at = _starts[0]; at.Section < _sections.Length; at = Next(at))
        {
            var item = LengthOf(_sections[at.Section], at.Page);
            if (length + item > ContentLimits.ChunkSizeMaxBytes)
            {
                _starts.Add(at);
                length = ChunkHeaderBytes;
            }

            length += item;
            _itemCount++;
        }
    }

    private Position Next(Position at) => at.Page + 1 < _sections[at.Section].Pages.Length
        ? new(at.Section, at.Page + 1, at.Item + 1)
        : new(at.Section + 1, PageKeyHeader, at.Item + 1);

    private readonly record struct Position(int Section, int Page, int Item);
}
