using Checkpoint.Actors.Content;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;
using Checkpoint.Tests.Actors.Content;
using static Checkpoint.Tests.Actors.Content.TableDriver;

namespace Checkpoint.Tests.Actors.Map;

public sealed class MapCapacityTests
{
    private static readonly IncarnationId Incarnation = new(new Guid(1, 2, 3, new byte[8]));

    [Fact(DisplayName = "A full bucket is NO_RESOURCES before anything is ordered, and room that is given back can be taken")]
    public void Full()
    {
        var attributes = Attributes(maxSections: 1000, maxSectionSize: 16_384);
        var capacity = new MapCapacity(new BucketPool(1));
        var driver = new TableDriver(attributes, new MapShare(capacity, Incarnation, attributes));
        var count = 0;
        while (driver.Status(new ContentOp.CreateSection(Id($"s{count}"), AisTime.End, Bytes(16_384))) == AisStatus.Ok)
        {
            driver.ApplyAll();
            count++;
        }

        Assert.Equal(MapLimits.BucketSizeOrderedMaxBytes / (16_384 + 100), count);
        var refused = driver.Order(new ContentOp.CreateSection(Id("more"), AisTime.End, Bytes(16_384)));
        Assert.Equal(AisStatus.NoResources, refused.Status);
        Assert.Contains(MapLimits.BucketSizeOrderedMaxBytes.ToString(), refused.Reason);
        Assert.Equal(AisStatus.Ok, driver.Status(Write((Id("s0"), 0, Bytes(16_384, 2))))); // Takes no room.

        driver.Do(new ContentOp.DeleteSection(Id("s0")));
        Assert.Equal(AisStatus.Ok, driver.Status(new ContentOp.CreateSection(Id("more"), AisTime.End, Bytes(16_384))));
    }

    [Fact(DisplayName = "A small checkpoint lies in one bucket, a large one in as many as it can fill, and never beyond the pool")]
    public void Spread()
    {
        var pool = new BucketPool(1000);
        int Width(uint sections, ulong size) => pool.SpreadOf(Incarnation, Attributes(sections, size)).Width;

        Assert.Equal(1, Width(7, 1000));
        Assert.Equal(14, Width(100, 1000));
        Assert.Equal(1000, Width(uint.MaxValue, ulong.MaxValue));
        var spread = pool.SpreadOf(Incarnation, Attributes(uint.MaxValue, ulong.MaxValue));
        Assert.All(Enumerable.Range(0, 5000), index => Assert.InRange(spread.BucketOf(new(Id("s"), index)), 0, 999));
    }

    [Fact(DisplayName = "A large section's pages fill its buckets evenly")]
    public void Even()
    {
        var spread = new BucketPool(1000).SpreadOf(Incarnation, Attributes(1, 1_638_400));
        var counts = Enumerable.Range(0, 100).CountBy(index => spread.BucketOf(new(Id("s"), index)));
        Assert.All(counts, bucket => Assert.Equal(1, bucket.Value));
    }

    [Theory(DisplayName = "Checkpoints that fill the quota by nine tenths find room for every section")]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void Near_the_quota(int seed)
    {
        const long quota = 256L * 1024 * 1024;
        var pool = BucketPool.ForQuota(quota);
        var used = new int[pool.Count];
        var random = new Random(seed);
        for (long total = 0; total < quota * 9 / 10;)
        {
            var size = 1UL << random.Next(6, 17);
            var sections = (uint)random.Next(1, 2000);
            var spread = pool.SpreadOf(Number(random), Attributes(sections, size));
            total += sections * ((long)size + LogEntry.SectionOverheadBytes); // As SectionTable.FootprintBytes counts it.
            for (var section = 0; section < sections; section++)
                for (var index = -1; index < SectionPages.CountOf((long)size); index++)
                {
                    var page = new PageKey(Id($"s{section}"), index);
                    used[spread.BucketOf(page)] += BucketPart.SizeOf(page, index < 0 ? 33 : SectionPages.LengthOf((long)size, index));
                }
        }

        Assert.InRange(used.Max(), 1, MapLimits.BucketSizeOrderedMaxBytes);
    }

    [Fact(DisplayName = "A part for which a bucket has no room is left out whole, stays out, and the bucket stays below its limit")]
    public void Left_out()
    {
        var held = new HeldIncarnations();
        var (fits, tooMuch) = (new IncarnationId(new Guid(1, 0, 0, new byte[8])), new IncarnationId(new Guid(2, 0, 0, new byte[8])));
        held.Add(fits);
        held.Add(tooMuch);
        var bucket = Bucket.Empty(held).With(Pages(fits, 1, 9)).With(Pages(tooMuch, 1, 9));

        Assert.True(bucket.SizeBytes <= MapLimits.BucketSizeMaxBytes);
        Assert.Equal((9, true, 1L), (bucket.Parts[fits].Pages.Count, bucket.Parts[tooMuch].IsLeftOut, held.PartsLeftOut));
        var later = bucket.With(Pages(tooMuch, 2, 1));
        Assert.Equal((0, true, 2L), (later.Parts[tooMuch].Pages.Count, later.Parts[tooMuch].IsLeftOut, later.Parts[tooMuch].Stamp));
        Assert.True(BucketCodec.Decode(BucketCodec.Encode(later, held), held).Parts[tooMuch].IsLeftOut);
    }

    private static Dictionary<IncarnationId, PartChange> Pages(IncarnationId incarnation, long sequence, int count)
    {
        var change = new PartChange();
        for (var index = 0; index < count; index++)
            change.Set(new(new PageKey(new SectionId("s"), index), new byte[ContentLimits.PageSizeBytes]), sequence, isWhole: false);
        return new() { [incarnation] = change };
    }

    private static IncarnationId Number(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new(new Guid(bytes));
    }
}
