using Checkpoint.Actors.Content;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Actors.Content.TableDriver;

namespace Checkpoint.Tests.Actors.Content;

/// <summary>An update in slices, a read in slices: the same as in one step, and nothing of an update shows before it takes its place.</summary>
public sealed class TableUpdateTests
{
    private static readonly CreationAttributes Attributes = TableDriver.Attributes(maxSections: 6, maxSectionSize: 200_000);

    [Theory(DisplayName = "An update in slices of any size makes what it makes in one step")]
    [InlineData(1, 1)]
    [InlineData(2, 5_000)]
    [InlineData(3, 100_000)]
    public void Same(int seed, long slice)
    {
        var random = new Random(seed);
        var capacities = new[] { new MapCapacity(new BucketPool(64)), new MapCapacity(new BucketPool(64)) };
        var tables = Array.ConvertAll(capacities, capacity =>
            new SectionTable(Attributes, 5, new MapShare(capacity, new IncarnationId(new Guid(seed, 0, 0, new byte[8])), Attributes)));
        for (var sequence = 1; sequence <= 60; sequence++)
        {
            var op = AnyOp(random);
            if (tables[0].Check(op, new PendingSections(tables[0]), () => 0).Concrete is null)
            {
                sequence--;
                continue;
            }

            List<SectionMapProtocol.PageChange> pages = [];
            var changes = tables[0].Apply(op, sequence, 1000 + sequence, pages);
            var update = tables[1].Begin(op, sequence, 1000 + sequence);
            var (before, steps) = (FillTests.Describe(tables[1]), 0);
            while (!update.Step(slice))
            {
                steps++;
                if (!update.IsPublishing)
                    Assert.Equal(before, FillTests.Describe(tables[1]));
            }

            Assert.InRange(steps, 0, 1 + (3 * ContentWork.Of(op) / Math.Min(slice, ContentWork.PerElement)));
            Assert.Equal(changes, update.Changes);
            Assert.Equal(
                pages.ToDictionary(page => page.Key, page => Convert.ToHexString((page.Bytes ?? default).Span)),
                update.Pages.ToDictionary(page => page.Key, page => Convert.ToHexString((page.Bytes ?? default).Span)));
            Assert.Equal(FillTests.Describe(tables[0]), FillTests.Describe(tables[1]));
            Assert.Equal(capacities[0].UsedBytes, capacities[1].UsedBytes);
        }
    }

    [Fact(DisplayName = "A read in slices has one state, which it has found when it has looked everything up")]
    public void Reads()
    {
        var driver = new TableDriver(Attributes).Create("a", 100_000).Create("b", 10);
        ReadElement[] elements = [new(Id("a"), 0, ReadElement.Whole), new(Id("b"), 0, ReadElement.Whole), new(Id("a"), 99_000, 10_000)];
        var expected = driver.Table.Read(elements).Data.Select(data => data.ToArray()).ToArray();
        var reader = new SectionReader(driver.Table, elements, null);
        while (reader.NeedsTable)
            Assert.False(reader.Step(1));

        driver.Do(new ContentOp.Overwrite(Id("a"), Bytes(100_000, 9)));
        driver.TryWriteInPlace(new ContentOp.Overwrite(Id("b"), Bytes(10, 9)));
        while (!reader.Step(20_000))
            Assert.False(reader.NeedsTable);

        Assert.Equal(expected, reader.Read.Data.Select(data => data.ToArray()));
    }

    [Fact(DisplayName = "While a change of very many elements is pending nothing is known of the head, and everything after it is known when it is applied")]
    public void Opaque()
    {
        var table = new SectionTable(Attributes);
        var pending = new PendingSections(table, elementsMax: 2, bytesMax: 100);
        ContentOp[] ops =
        [
            new ContentOp.CreateSection(Id("a"), AisTime.End, Bytes(3)),
            Write((Id("a"), 0, Bytes(5)), (Id("a"), 5, Bytes(1)), (Id("a"), 6, Bytes(1))),
            Write((Id("a"), 7, Bytes(1))),
            Write((Id("a"), 0, Bytes(1)), (Id("a"), 0, Bytes(1)), (Id("a"), 20, Bytes(1))),
            new ContentOp.Overwrite(Id("a"), Bytes(101)),
        ];
        for (var index = 0; index < ops.Length; index++)
            pending.Add(ops[index], index + 1, 10);
        List<(bool IsOpaque, long Size, bool NeedsMark)> seen = [];
        for (var index = 0; index < ops.Length; index++)
        {
            table.Apply(ops[index], index + 1, 10, null);
            pending.Remove(index + 1);
            seen.Add((pending.IsOpaque, pending.BytesUsed, pending.NeedsMark([new(Id("a"), 0, 1)])));
            Assert.Equal(index < ops.Length - 1, pending.Touches(Id("zzz")) || pending.Touches(Id("a")));
        }

        Assert.Equal([(true, 3, true), (true, 8, true), (true, 8, true), (false, 101, true), (false, 101, false)], seen);
    }

    private static ContentOp AnyOp(Random random)
    {
        SectionId AnyId() => Id($"s{random.Next(5)}");
        byte[] Data() => Bytes(random.Next(3) == 0 ? random.Next(150_000) : random.Next(40), (byte)random.Next(1, 255));
        return random.Next(4) switch
        {
            0 => new ContentOp.CreateSection(AnyId(), random.Next(1, 1000), Data()),
            1 => new ContentOp.Overwrite(AnyId(), Data()),
            _ => Write([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => (AnyId(), (long)random.Next(50_000), Data()))]),
        };
    }
}
