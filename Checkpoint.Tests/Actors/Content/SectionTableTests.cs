using Checkpoint.Actors.Content;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Actors.Content.TableDriver;

namespace Checkpoint.Tests.Actors.Content;

public sealed class SectionTableTests
{
    private static readonly SectionId A = Id("a");
    private static readonly SectionId B = Id("b");

    [Fact(DisplayName = "A created section holds its initial data and is described with time and size")]
    public void Create()
    {
        var driver = new TableDriver().Create("a", 10, 7, expiration: 5000);

        Assert.Equal(new SectionDescriptor(A, 5000, 10, SectionState.Valid, 1000), driver.Table.Describe(A));
        Assert.Equal(Bytes(10, 7), driver.ReadWhole(A));
        Assert.Equal((1, 10L, 1L), (driver.Table.Count, driver.Table.BytesUsed, driver.Table.Sequence));
    }

    [Fact(DisplayName = "maxSections 1: the default section exists from creation, empty, and never expires")]
    public void Default_section()
    {
        var driver = new TableDriver(Attributes(maxSections: 1));

        Assert.Equal(new SectionDescriptor(SectionId.Default, AisTime.End, 0, SectionState.Valid, 5), driver.Table.Describe(default));
        Assert.Empty(driver.ReadWhole(default));
        driver.Do(Write((default, 0, Bytes(3))));
        Assert.Equal(Bytes(3), driver.ReadWhole(default));
    }

    [Fact(DisplayName = "More than one section allowed: there is no default section")]
    public void No_default_section()
    {
        var driver = new TableDriver();
        Assert.Equal(AisStatus.NotExist, driver.Table.Read([new(default, 0, 1)]).Status);
        Assert.Equal(AisStatus.NotExist, driver.Status(Write((default, 0, Bytes(1)))));
    }

    [Fact(DisplayName = "Write inside keeps the size, across the end grows it, beyond the end fills the gap with zeros")]
    public void Write_grows()
    {
        var driver = new TableDriver().Create("a", 10);

        driver.Do(Write((A, 2, Bytes(3, 9))));
        Assert.Equal([1, 1, 9, 9, 9, 1, 1, 1, 1, 1], driver.ReadWhole(A));
        driver.Do(Write((A, 8, Bytes(4, 8))));
        Assert.Equal([1, 1, 9, 9, 9, 1, 1, 1, 8, 8, 8, 8], driver.ReadWhole(A));
        driver.Do(Write((A, 40_000, Bytes(2, 5))));
        var bytes = driver.ReadWhole(A);
        Assert.Equal(40_002, bytes.Length);
        Assert.All(bytes[12..40_000], value => Assert.Equal(0, value));
        Assert.Equal([5, 5], bytes[40_000..]);
    }

    [Fact(DisplayName = "Elements of one vector apply in order: later ones win where they overlap")]
    public void Overlap()
    {
        var driver = new TableDriver().Create("a");
        driver.Do(Write((A, 0, Bytes(6, 1)), (A, 4, Bytes(4, 2)), (A, 2, Bytes(3, 3))));
        Assert.Equal([1, 1, 3, 3, 3, 2, 2, 2], driver.ReadWhole(A));
    }

    [Fact(DisplayName = "A write without data changes nothing, even at a huge offset, and is no change for trackers")]
    public void Empty_write()
    {
        var driver = new TableDriver().Create("a", 10);
        driver.Time = 2000;
        Assert.Equal(AisStatus.Ok, driver.Status(Write((A, long.MaxValue, []))));
        Assert.Empty(driver.Apply());
        Assert.Equal(new SectionDescriptor(A, AisTime.End, 10, SectionState.Valid, 1000), driver.Table.Describe(A));
    }

    [Fact(DisplayName = "Overwrite replaces content and size; 0 bytes empty the section")]
    public void Overwrite()
    {
        var driver = new TableDriver().Create("a", 50_000);
        driver.Do(new ContentOp.Overwrite(A, Bytes(3, 4)));
        Assert.Equal(Bytes(3, 4), driver.ReadWhole(A));
        driver.Do(new ContentOp.Overwrite(A, default));
        Assert.Equal(0, driver.Table.BytesUsed);
        Assert.Equal(1, driver.Table.Count);
    }

    [Fact(DisplayName = "A write leaves pages that a reader already holds as they were")]
    public void Copy_on_write()
    {
        var driver = new TableDriver().Create("a", 40_000);
        var held = driver.Table.Read([new(A, 0, 10)]).Data[0];
        var snapshot = driver.Table.Snapshot();

        driver.Do(Write((A, 0, Bytes(40_000, 2))));

        Assert.Equal(Bytes(10, 1), held.ToArray());
        Assert.Equal(1, snapshot.Sequence);
        Assert.Equal(Bytes(40_000, 2), driver.ReadWhole(A));
    }

    [Fact(DisplayName = "Apply tells the sections touched, in the order of the vector")]
    public void Changes()
    {
        var driver = new TableDriver().Create("a").Create("b");
        driver.Order(Write((B, 4, Bytes(2)), (A, 0, []), (A, 0, Bytes(3))));
        driver.Order(new ContentOp.Overwrite(A, Bytes(1)));
        driver.Order(new ContentOp.DeleteSection(B));
        driver.Order(new ContentOp.SetExpiration(A, 5));

        Assert.Equal([new(SectionChangeKind.Written, B, 4, 2), new(SectionChangeKind.Written, A, 0, 3)], driver.Apply());
        Assert.Equal([new(SectionChangeKind.Overwritten, A, 0, 1)], driver.Apply());
        Assert.Equal([new(SectionChangeKind.Deleted, B, 0, 0)], driver.Apply());
        Assert.Empty(driver.Apply());
    }

    [Fact(DisplayName = "lastUpdate moves with create, write and overwrite, not with an expiration time")]
    public void Last_update()
    {
        var driver = new TableDriver().Create("a", 1);
        driver.Time = 2000;
        driver.Do(new ContentOp.SetExpiration(A, 9000));
        Assert.Equal(1000, driver.Table.Describe(A)!.LastUpdate);
        driver.Do(Write((A, 0, Bytes(1))));
        Assert.Equal(2000, driver.Table.Describe(A)!.LastUpdate);
    }

    [Fact(DisplayName = "An update out of order is a broken invariant")]
    public void Out_of_order()
    {
        var driver = new TableDriver().Create("a");
        Assert.Throws<BrokenOrderException>(() => driver.Table.Apply(new ContentOp.DeleteSection(A), 1, 0, null));
        driver.Table.Advance(9);
        Assert.Throws<InvalidOperationException>(() => driver.Table.Apply(new ContentOp.DeleteSection(B), 10, 0, null));
    }

    [Fact(DisplayName = "64 bytes written to one of 10,000 sections allocate what they do with 10")]
    public void Flat()
    {
        Assert.InRange(AllocatedByWrites(10_000), 1, AllocatedByWrites(10) * 1.05);

        static double AllocatedByWrites(int sections)
        {
            var driver = new TableDriver(Attributes(maxSections: 20_000));
            for (var section = 0; section < sections; section++)
                driver.Create($"s{section}", 64);
            var writes = Enumerable.Range(0, 10).Select(number => Write((Id($"s{number}"), 0, Bytes(64, 2)))).ToArray();
            var sequence = driver.Table.Sequence;
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < 1_000; round++)
                foreach (var write in writes)
                    driver.Table.Apply(write, ++sequence, sequence, null);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact(DisplayName = "A vector of thousands of elements on one section copies each page once")]
    public void Vector_on_one_section()
    {
        var driver = new TableDriver().Create("a", 100_000);
        var write = Write([.. Enumerable.Range(0, 5000).Select(number => (A, (long)number * 20, Bytes(8, (byte)number)))]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        driver.Table.Apply(write, 2, 0, null);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 100_000, 1_500_000);
        Assert.Equal(unchecked((byte)4999), driver.ReadWhole(A)[4999 * 20]);
    }
}
