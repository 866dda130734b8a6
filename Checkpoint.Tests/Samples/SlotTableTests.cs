using System.Text;
using Checkpoint.Protocol;
using CsCheck;
using WordCount;
using Xunit;

namespace Checkpoint.Tests.Samples;

/// <summary>The counts as bytes in sections: what a piece writes, and that whoever loads them can go on.</summary>
public sealed class SlotTableTests
{
    [Fact(DisplayName = "A new word is appended to its section; a known one has only its count written, where it lies")]
    public void Writes_what_changed()
    {
        var table = new SlotTable();
        var word = Key("word");
        var section = SlotTable.SectionOf(word.Section);

        var first = Assert.Single(table.Add(new Dictionary<WordKey, long> { [word] = 3 }));
        var second = Assert.Single(table.Add(new Dictionary<WordKey, long> { [word] = 2 }));

        Assert.Equal((section, 0L), (first.Id, first.Offset));
        Assert.Equal("0300000000000000" + "0400" + "776f7264", Convert.ToHexStringLower(first.Data.Span));
        Assert.Equal((section, 0L), (second.Id, second.Offset));
        Assert.Equal("0500000000000000", Convert.ToHexStringLower(second.Data.Span));
    }

    [Fact(DisplayName = "Sections written as told load into an equal table, wherever one worker stopped and the next went on")]
    public void Loads_what_was_written() =>
        Gen.Dictionary(Gen.Int[0, 400], Gen.Long[1, 5])[0, 60].Array[1, 10].Sample(pieces =>
        {
            var sections = new byte[SlotTable.Sections][];
            Array.Fill(sections, []);
            var expected = new Dictionary<WordKey, long>();
            foreach (var piece in pieces)
            {
                var table = Load(sections); // Each piece by another worker.
                foreach (var write in table.Add(piece.ToDictionary(word => Key($"w{word.Key}"), word => word.Value)))
                    Apply(sections, write);
                foreach (var (word, count) in piece)
                    expected[Key($"w{word}")] = expected.GetValueOrDefault(Key($"w{word}")) + count;
            }

            var loaded = Load(sections);
            Assert.Equal(expected.Count, loaded.Words);
            Assert.All(loaded.Counts, count => Assert.Equal(expected[count.Key], count.Value));
        }, iter: 200);

    [Theory(DisplayName = "Content that does not end where a slot does is refused")]
    [InlineData("01")]
    [InlineData("0100000000000000" + "0400" + "776f72")]
    [InlineData("0000000000000000" + "0100" + "61")]
    [InlineData("0100000000000000" + "0000")]
    public void Refuses_torn_content(string hex) =>
        Assert.Throws<InvalidDataException>(() => new SlotTable().Load(0, Convert.FromHexString(hex)));

    private static WordKey Key(string word) => new(Encoding.ASCII.GetBytes(word));

    private static SlotTable Load(byte[][] sections)
    {
        var table = new SlotTable();
        for (var i = 0; i < sections.Length; i++)
            table.Load(i, sections[i]);
        return table;
    }

    private static void Apply(byte[][] sections, WriteElement write)
    {
        var index = Enumerable.Range(0, SlotTable.Sections).Single(i => SlotTable.SectionOf(i) == write.Id);
        var grown = new byte[Math.Max(sections[index].Length, write.Offset + write.Data.Length)];
        sections[index].CopyTo(grown, 0);
        write.Data.Span.CopyTo(grown.AsSpan((int)write.Offset));
        sections[index] = grown;
    }
}
