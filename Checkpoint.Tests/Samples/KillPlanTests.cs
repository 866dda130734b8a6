using System.Text;
using CsCheck;
using WordCount;
using WordCount.Demonstration;
using Xunit;

namespace Checkpoint.Tests.Samples;

public sealed class KillPlanTests
{
    [Fact(DisplayName = "Kills come between 20 and 80 % of the pieces, far enough apart that every leader counts, and the last one has something left")]
    public void Points() =>
        Gen.Select(Gen.Long[0, 3000], Gen.Int[0, 12], Gen.Int[0, 1000]).Sample((pieces, kills, seed) =>
        {
            var points = KillPlan.Points(pieces, kills, seed);

            Assert.Equal(points, KillPlan.Points(pieces, kills, seed));
            Assert.True(points.Count <= kills);
            Assert.True(pieces < KillPlan.PiecesMin || kills == 0 || points.Count > 0);
            Assert.All(points, point => Assert.InRange(point, Math.Max(1, pieces * 0.2), Math.Min(pieces * 0.8, pieces - 2)));
            Assert.All(points.Zip(points.Skip(1)), pair => Assert.True(pair.Item2 - pair.Item1 >= 2));
            if (pieces >= 100)
                Assert.Equal(kills, points.Count);
        });

    [Fact(DisplayName = "A file of fewer than five pieces is done without a kill")]
    public void Few_pieces() => Assert.All(Enumerable.Range(0, 5), pieces => Assert.Empty(KillPlan.Points(pieces, 3, 1)));

    [Fact(DisplayName = "Dumped slots are printed as lines of count and word, whatever bytes the words hold; torn ones are refused")]
    public void Prints_slots()
    {
        var table = new SlotTable();
        byte[] slots =
        [
            .. table.Add(new Dictionary<WordKey, long> { [new WordKey([0, 255])] = 1 })[0].Data.Span,
            .. table.Add(new Dictionary<WordKey, long> { [new WordKey("the"u8.ToArray())] = 70_000 })[0].Data.Span,
        ];
        using var printed = new MemoryStream();

        CountPrinter.Print(new MemoryStream(slots), printed);

        Assert.Equal("1 \0\u00ff\n70000 the\n", Encoding.Latin1.GetString(printed.ToArray()));
        Assert.Throws<InvalidDataException>(() => CountPrinter.Print(new MemoryStream(slots[..5]), new MemoryStream()));
        Assert.Throws<EndOfStreamException>(() => CountPrinter.Print(new MemoryStream(slots[..^1]), new MemoryStream()));
    }
}
