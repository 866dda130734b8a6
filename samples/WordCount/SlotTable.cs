using System.Buffers.Binary;
using Checkpoint.Protocol;

namespace WordCount;

/// <summary>
/// The counts as they lie in the checkpoint: 256 sections, in each one slot after the other: u64 count, u16 length, the bytes of the word's key, little-endian.
/// A word keeps the slot where it was first appended, so a piece writes only counts at their offsets and new slots at the ends. Pure.
/// </summary>
public sealed class SlotTable
{
    public const int Sections = 256;
    public const int HeaderBytes = 10;

    private readonly Dictionary<WordKey, Slot> _slots = [];
    private readonly long[] _ends = new long[Sections];

    public int Words => _slots.Count;

    public static SectionId SectionOf(int index) => new($"words/{index:x2}");

    public IEnumerable<KeyValuePair<WordKey, long>> Counts => _slots.Select(slot => KeyValuePair.Create(slot.Key, slot.Value.Count));

    /// <summary>Takes over what a section holds.</summary>
    /// <exception cref="InvalidDataException">The section does not end where a slot does.</exception>
    public void Load(int section, ReadOnlyMemory<byte> content)
    {
        if (_ends[section] != 0)
            throw new InvalidOperationException($"section {section} was loaded before");
        foreach (var (key, count, offset) in Parse(content))
            _slots.Add(key, new Slot(section, offset, count));
        _ends[section] = content.Length;
    }

    /// <summary>Adds the counts of a piece.</summary>
    /// <returns>What has to be written, as one update, so that the sections hold them.</returns>
    public IReadOnlyList<WriteElement> Add(IReadOnlyDictionary<WordKey, long> counts)
    {
        List<WriteElement> writes = new(counts.Count);
        foreach (var (key, count) in counts)
        {
            if (_slots.TryGetValue(key, out var slot))
            {
                slot.Count += count;
                writes.Add(new WriteElement(SectionOf(slot.Section), slot.Offset, CountBytes(slot.Count)));
                continue;
            }

            var section = key.Section;
            var bytes = SlotBytes(key, count);
            _slots.Add(key, new Slot(section, _ends[section], count));
            writes.Add(new WriteElement(SectionOf(section), _ends[section], bytes));
            _ends[section] += bytes.Length;
        }

        return writes;
    }

    /// <exception cref="InvalidDataException">The content does not end where a slot does.</exception>
    public static IEnumerable<(WordKey Key, long Count, long Offset)> Parse(ReadOnlyMemory<byte> content)
    {
        for (var at = 0; at < content.Length;)
        {
            if (content.Length - at < HeaderBytes)
                throw new InvalidDataException($"{content.Length - at} bytes left at offset {at}, a slot begins with {HeaderBytes}");
            var count = BinaryPrimitives.ReadInt64LittleEndian(content.Span[at..]);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(content.Span[(at + 8)..]);
            if (count <= 0 || length == 0 || length > content.Length - at - HeaderBytes)
                throw new InvalidDataException($"the slot at offset {at} has count {count} and length {length}");
            yield return (new WordKey(content.Slice(at + HeaderBytes, length).ToArray()), count, at);
            at += HeaderBytes + length;
        }
    }

    private static byte[] CountBytes(long count)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, count);
        return bytes;
    }

    private static byte[] SlotBytes(WordKey key, long count)
    {
        var bytes = new byte[HeaderBytes + key.Bytes.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, count);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)key.Bytes.Length);
        key.Bytes.CopyTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }

    private sealed class Slot(int section, long offset, long count)
    {
        public int Section => section;

        public long Offset => offset;

        public long Count { get; set; } = count;
    }
}
