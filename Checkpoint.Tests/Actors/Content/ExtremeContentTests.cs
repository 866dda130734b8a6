using Checkpoint.Actors.Content;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Actors.Content.TableDriver;

namespace Checkpoint.Tests.Actors.Content;

/// <summary>
/// What can be decoded but hardly means anything: every offset, size, count and time that 64 bits hold. A change that the check lets through is
/// applied on every host, so whatever passes here must be one that a table can apply.
/// </summary>
public sealed class ExtremeContentTests
{
    private static readonly SectionId A = Id("a");

    private static readonly long[] Numbers =
    [
        .. Enumerable.Range(0, 64).SelectMany(bit => new[] { (1L << bit) - 1, 1L << bit, (1L << bit) + 1 }).SelectMany(value => new[] { value, unchecked(-value) }).Distinct(),
    ];

    [Fact(DisplayName = "A write at any offset is refused when its section cannot reach so far, and applied when it can")]
    public void Offsets()
    {
        foreach (var offset in Numbers)
            foreach (var length in new[] { 0, 1, 2, 16_384 })
            {
                var driver = new TableDriver(Attributes(maxSectionSize: ulong.MaxValue)).Create("a", 1);
                var end = (UInt128)unchecked((ulong)offset) + (ulong)length;
                var expected = length == 0 || end <= (ulong)ContentLimits.SectionSizeMaxBytes ? AisStatus.Ok
                    : end > ulong.MaxValue ? AisStatus.InvalidParam
                    : AisStatus.NoResources;

                Assert.Equal((offset, length, expected), (offset, length, driver.Status(Write((A, offset, Bytes(length))))));

                driver.ApplyAll();
                Assert.Equal(expected == AisStatus.Ok && length > 0 ? Math.Max(1, (long)end) : 1, driver.Table.Find(A)!.Size);
            }
    }

    [Fact(DisplayName = "A read of any offset and size is short, refused or whole, and never throws")]
    public void Reads()
    {
        var driver = new TableDriver(Attributes(maxSectionSize: ulong.MaxValue)).Create("a", 100);
        foreach (var offset in Numbers)
            foreach (var size in Numbers)
            {
                var result = driver.Table.Read([new(A, offset, size)], driver.Pending);
                var begins = unchecked((ulong)offset);
                Assert.Equal((offset, size, begins > 100 ? AisStatus.InvalidParam : AisStatus.Ok), (offset, size, result.Status));
                if (begins <= 100)
                    Assert.Equal((long)Math.Min(100 - begins, unchecked((ulong)size)), result.Data[0].Length);
            }
    }

    [Fact(DisplayName = "A vector that lengthens one section element by element needs room for what it adds, once")]
    public void Growth_is_counted_once()
    {
        var attributes = Attributes(maxSectionSize: 4096);
        var capacity = new MapCapacity(new BucketPool(1));
        var driver = new TableDriver(attributes, new MapShare(capacity, new IncarnationId(new Guid(1, 2, 3, new byte[8])), attributes)).Create("a");
        var vector = Enumerable.Range(0, 1000).Select(index => (A, 4L * index, Bytes(4, (byte)index))).ToArray();

        var (result, _, growth) = driver.Table.Check(Write(vector), driver.Pending, () => 0);

        Assert.Equal((AisStatus.Ok, 4000L), (result.Status, growth));
        driver.Do(Write(vector));
        Assert.Equal(4000, driver.Pending.BytesUsed);
        Assert.Equal(vector.SelectMany(element => element.Item3), driver.ReadWhole(A));
    }

    [Theory(DisplayName = "Whatever can be decoded is refused or can be applied, and what is pending is what the table becomes")]
    [InlineData(1)]
    [InlineData(2)]
    public void Checked_is_applicable(int seed)
    {
        var random = new Random(seed);
        var applied = 0;
        for (var round = 0; round < 12; round++)
        {
            var attributes = Attributes(
                (uint)Pick(random, 1, 2, 3, 8, uint.MaxValue), random.Next(2) == 0 ? ulong.MaxValue : (ulong)Number(random), (ulong)Pick(random, 0, 1, 2, 16, 65_535, -1));
            var share = new MapShare(new MapCapacity(new BucketPool(1 << random.Next(13))), new IncarnationId(new Guid(seed, 0, 0, new byte[8])), attributes);
            var driver = new TableDriver(attributes, random.Next(4) == 0 ? null : share);
            for (var step = 0; step < 40; step++)
            {
                driver.Time += random.Next(3);
                applied += driver.Order(Decoded(AnyOp(random))).Status == AisStatus.Ok ? 1 : 0;
                if (random.Next(3) == 0)
                    AssertHead(driver);
                if (random.Next(4) == 0)
                    driver.ApplyAll();
            }

            AssertHead(driver);
            var (count, bytes, head) = (driver.Pending.Count, driver.Pending.BytesUsed, Describe(driver));
            driver.ApplyAll();
            Assert.Equal((count, bytes), (driver.Table.Count, driver.Table.BytesUsed));
            Assert.Equal(head, Describe(driver));
            if (bytes < 1_000_000)
                Assert.Equal(FillTests.Describe(driver.Table), FillTests.Describe(FillTests.Fill(driver.Table)));
            driver.Table.Release();
        }

        Assert.True(applied > 40, $"only {applied} changes could be applied");
    }

    /// <summary>What checks know of a section is what reading makes of it.</summary>
    private static void AssertHead(TableDriver driver)
    {
        foreach (var id in driver.Table.Select(SectionsChosen.Any, 0, driver.Pending))
            Assert.Equal(driver.Pending.Head(id)!.Describe(), driver.Table.Describe(id, driver.Pending));
    }

    private static string Describe(TableDriver driver) => string.Join('\n', driver.Table.Select(SectionsChosen.Any, 0, driver.Pending)
        .Select(id => driver.Table.Describe(id, driver.Pending)!.ToString()).Order(StringComparer.Ordinal));

    /// <summary>As it comes from a peer or a client.</summary>
    private static ContentOp Decoded(ContentOp op)
    {
        var writer = new WireWriter();
        ContentOpCodec.Write(writer, op);
        var reader = new WireReader(writer.ToArray());
        return ContentOpCodec.Read(ref reader);
    }

    private static ContentOp AnyOp(Random random) => random.Next(9) switch
    {
        0 or 1 => new ContentOp.CreateSection(AnyId(random), Number(random), Data(random)),
        2 => new ContentOp.DeleteSection(AnyId(random)),
        3 => new ContentOp.SetExpiration(AnyId(random), Number(random)),
        4 => new ContentOp.Overwrite(AnyId(random), Data(random)),
        5 => new ContentOp.ExpireSections([AnyId(random), AnyId(random), AnyId(random)], Number(random)),
        6 when random.Next(3) == 0 => new ContentOp.Corrupt(AnyId(random)),
        _ => Write([.. Enumerable.Range(0, random.Next(5)).Select(_ => (AnyId(random), Number(random), Data(random)))]),
    };

    private static SectionId AnyId(Random random) => random.Next(6) switch
    {
        0 => default,
        1 => new SectionId(Bytes(65_535)),
        2 => Id("b"),
        _ => A,
    };

    private static byte[] Data(Random random) => Bytes((int)Pick(random, 0, 1, 2, 255, 16_383, 16_384, 16_385, 50_000), (byte)random.Next(1, 255));

    private static long Number(Random random) => random.Next(16) switch
    {
        0 => ContentLimits.SectionSizeMaxBytes + random.Next(-20_000, 2), // Rarely: 4,096 pages each.
        <= 3 => long.MaxValue - random.Next(20_000),
        <= 7 => Numbers[random.Next(Numbers.Length)],
        _ => random.Next(100_000),
    };

    private static long Pick(Random random, params long[] values) => values[random.Next(values.Length)];
}
