using Checkpoint.Actors.Map;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>The newcomer's side of a fill: takes the chunks of one <see cref="TableSnapshot"/>, in any order, until all are there.</summary>
/// <param name="sequence">Of the snapshot; a chunk of another one is refused.</param>
public sealed class TableBuilder(CreationAttributes attributes, long sequence)
{
    private SlicedIds<Section> _sections = new(0);
    private readonly List<(SectionId Id, int Index, byte[] Bytes)> _early = [];
    private readonly HashSet<int> _taken = [];
    private int _chunkCount = -1;
    private int _sectionCount;
    private int _headers;

    public bool IsComplete => _taken.Count == _chunkCount;

    /// <value>Bytes taken so far, to hold against the host's quota.</value>
    public long BytesTaken { get; private set; }

    /// <summary>Takes one chunk; one that was taken before changes nothing.</summary>
    /// <returns>The chunk's index.</returns>
    /// <exception cref="WireFormatException">It is no chunk of this snapshot.</exception>
    public int Take(ReadOnlyMemory<byte> chunk)
    {
        var reader = new WireReader(chunk);
        var index = ReadChunkHeader(ref reader);
        if (!_taken.Add(index))
            return index;
        BytesTaken += chunk.Length;
        for (var items = reader.Count(TableSnapshotItemMinBytes); items > 0; items--)
            TakeItem(ref reader);
        reader.End();
        return index;
    }

    /// <exception cref="WireFormatException">Chunks, sections or pages are missing.</exception>
    public SectionTable Build(MapShare? share = null)
    {
        if (!IsComplete)
            throw new WireFormatException($"{_taken.Count} of {_chunkCount} chunks are here");
        foreach (var (id, index, bytes) in _early)
            Place(_sections.TryGetValue(id, out var section) ? section : throw new WireFormatException($"pages of section {id}, but not its header"), index, bytes);
        if (_headers != _sectionCount)
            throw new WireFormatException($"{_headers} of {_sectionCount} sections are here");
        foreach (var (id, section) in _sections.All)
            if (Array.IndexOf(section.Pages, null) >= 0)
                throw new WireFormatException($"a page of section {id} is missing");
        return SectionTable.Restore(attributes, sequence, share, _sections.All.Select(entry => entry.Value), _sectionCount);
    }

    /// <summary>For more than these no parts are made beforehand, whatever number a chunk says.</summary>
    private const int SectionsAtOnceMax = 1 << 24;

    /// <summary>A page of an empty id without bytes.</summary>
    private const int TableSnapshotItemMinBytes = 1 + 2 + 8;

    private static void Place(Section section, int index, byte[] bytes)
    {
        if (index < 0 || index >= section.Pages.Length || bytes.Length != SectionPages.LengthOf(section.Size, index))
            throw new WireFormatException($"page {index} of {bytes.Length} bytes in a section of {section.Size}");
        section.Pages[index] = bytes;
    }

    private int ReadChunkHeader(ref WireReader reader)
    {
        var version = reader.U8();
        if (version != TableSnapshot.Version)
            throw new WireFormatException($"chunk version {version}, this host knows {TableSnapshot.Version}");
        var (index, count, ofSequence, sections) = (reader.I32(), reader.I32(), reader.I64(), reader.I32());
        if (ofSequence != sequence)
            throw new WireFormatException($"a chunk of update {ofSequence} in the fill of update {sequence}");
        if (_chunkCount == -1)
            (_chunkCount, _sectionCount, _sections) = (count, sections, new(Math.Clamp(sections, 0, SectionsAtOnceMax)));
        if (count != _chunkCount || sections != _sectionCount || index < 0 || index >= count)
            throw new WireFormatException($"chunk {index} of {count} with {sections} sections in a fill of {_chunkCount} with {_sectionCount}");
        return index;
    }

    private void TakeItem(ref WireReader reader)
    {
        var kind = reader.U8();
        var id = reader.Section();
        switch (kind)
        {
            case TableSnapshot.HeaderItem:
                ref var place = ref _sections.At(id);
                if (place is not null)
                    throw new WireFormatException($"section {id} twice");
                place = SectionHeader.Decode(id, reader.Raw(SectionHeader.LengthBytes).Span);
                _headers++;
                break;
            case TableSnapshot.PageItem:
                var index = reader.I32();
                var bytes = reader.Bytes().ToArray(); // A copy: the page outlives the message.
                if (_sections.TryGetValue(id, out var section))
                    Place(section, index, bytes);
                else
                    _early.Add((id, index, bytes));
                break;
            default:
                throw new WireFormatException($"item kind {kind}");
        }
    }
}
