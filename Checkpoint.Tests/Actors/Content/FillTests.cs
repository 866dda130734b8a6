using Checkpoint.Actors.Content;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Actors.Content.TableDriver;

namespace Checkpoint.Tests.Actors.Content;

public sealed class FillTests
{
    [Fact(DisplayName = "Chunks in any order and twice make the same table, while writes go on at the source")]
    public void Fill_while_writing()
    {
        var driver = new TableDriver(Attributes(maxSections: 500, maxSectionSize: 1_000_000));
        for (var count = 0; count < 200; count++)
            driver.Create($"s{count}", count * 50, (byte)count, expiration: count % 3 == 0 ? 5000 + count : AisTime.End);
        driver.Do(Write((Id("s7"), 400_000, Bytes(10, 3))));
        driver.Do(new ContentOp.Corrupt(Id("s9")));
        var expected = Describe(driver.Table);
        var snapshot = driver.Table.Snapshot();
        driver.Do(Write((Id("s7"), 0, Bytes(100_000, 9))));
        driver.Do(new ContentOp.DeleteSection(Id("s8")));

        var builder = new TableBuilder(snapshot.Attributes, snapshot.Sequence);
        var order = Enumerable.Range(0, snapshot.ChunkCount).Concat(Enumerable.Range(0, snapshot.ChunkCount)).ToArray();
        new Random(5).Shuffle(order);
        foreach (var index in order)
        {
            var chunk = snapshot.EncodeChunk(index);
            Assert.True(chunk.Length <= ContentLimits.ChunkSizeMaxBytes);
            Assert.Equal(index, builder.Take(chunk));
        }

        Assert.True(snapshot.ChunkCount > 5);
        var filled = builder.Build();
        Assert.Equal(expected, Describe(filled));
        Assert.Equal((snapshot.Sequence, 1), (filled.Sequence, filled.CorruptCount));
    }

    [Fact(DisplayName = "An empty table is filled by one chunk, a default section too")]
    public void Empty()
    {
        Assert.Equal(0, Fill(new TableDriver().Table).Count);
        var filled = Fill(new TableDriver(Attributes(maxSections: 1)).Table);
        Assert.Equal((1, 5L), (filled.Count, filled.Describe(default)!.LastUpdate));
    }

    [Fact(DisplayName = "Ids and pages of the largest size fit their chunks")]
    public void Largest()
    {
        var driver = new TableDriver(Attributes(maxSectionSize: 200_000, maxIdSize: 65_535));
        var id = new SectionId(Bytes(65_535, 7));
        driver.Do(new ContentOp.CreateSection(id, AisTime.End, Bytes(100_000, 2)));
        Assert.Equal(Describe(driver.Table), Describe(Fill(driver.Table)));
    }

    [Fact(DisplayName = "A fill with a missing chunk is not complete and gives no table")]
    public void Missing()
    {
        var snapshot = new TableDriver().Create("a", 90_000).Create("b", 90_000).Table.Snapshot();
        var builder = new TableBuilder(snapshot.Attributes, snapshot.Sequence);
        builder.Take(snapshot.EncodeChunk(1));
        Assert.False(builder.IsComplete);
        Assert.Throws<WireFormatException>(() => builder.Build());
    }

    [Fact(DisplayName = "A chunk of another snapshot, a torn one and a wrong version are refused")]
    public void Foreign()
    {
        var snapshot = new TableDriver().Create("a", 100).Table.Snapshot();
        var chunk = snapshot.EncodeChunk(0);
        var builder = new TableBuilder(snapshot.Attributes, snapshot.Sequence + 1);
        Assert.Throws<WireFormatException>(() => builder.Take(chunk));
        for (var length = 0; length < chunk.Length; length++)
            Assert.Throws<WireFormatException>(() => new TableBuilder(snapshot.Attributes, snapshot.Sequence).Take(chunk[..length]));
        chunk[0] = 2;
        Assert.Throws<WireFormatException>(() => new TableBuilder(snapshot.Attributes, snapshot.Sequence).Take(chunk));
    }

    internal static SectionTable Fill(SectionTable source)
    {
        var snapshot = source.Snapshot();
        var builder = new TableBuilder(snapshot.Attributes, snapshot.Sequence);
        for (var index = 0; index < snapshot.ChunkCount; index++)
            builder.Take(snapshot.EncodeChunk(index));
        return builder.Build();
    }

    /// <summary>Everything that an observer can see of a table.</summary>
    internal static string Describe(SectionTable table) => string.Join('\n', table.Select(SectionsChosen.Any, 0)
        .Select(id => table.Find(id)!)
        .OrderBy(section => section.Id.ToString(), StringComparer.Ordinal)
        .Select(section => $"{section.Describe()} {section.Stamp} {Convert.ToHexString(section.Read(ByteRange.Of(0, section.Size)).Span)}")
        .Append($"{table.Count} {table.BytesUsed} {table.FootprintBytes} {table.CorruptCount} {table.NextExpiration} {table.Sequence}"));
}
