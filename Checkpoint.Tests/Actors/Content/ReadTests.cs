using Checkpoint.Actors.Content;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Actors.Content.TableDriver;

namespace Checkpoint.Tests.Actors.Content;

public sealed class ReadTests
{
    private static readonly SectionId A = Id("a");

    public static TheoryData<string, long, long, int, AisStatus> Reads => new()
    {
        { "exact", 0, 20, 20, AisStatus.Ok },
        { "shorter", 0, 5, 5, AisStatus.Ok },
        { "longer gives what there is", 0, 100, 20, AisStatus.Ok },
        { "from an offset", 10, 5, 5, AisStatus.Ok },
        { "offset 10, size the maximum", 10, 100_000, 10, AisStatus.Ok },
        { "offset = size", 20, 5, 0, AisStatus.Ok },
        { "size 0", 3, 0, 0, AisStatus.Ok },
        { "whole", 0, ReadElement.Whole, 20, AisStatus.Ok },
        { "whole from an offset", 5, ReadElement.Whole, 15, AisStatus.Ok },
        { "offset beyond the section", 21, 5, 0, AisStatus.InvalidParam },
        { "negative offset", -1, 5, 0, AisStatus.InvalidParam },
        { "size above max-section-size", 0, 100_001, 0, AisStatus.InvalidParam },
    };

    [Theory(DisplayName = "A read delivers min(size, rest) bytes from its offset, or its code and index")]
    [MemberData(nameof(Reads))]
    public void Read(string rule, long offset, long size, int delivered, AisStatus status)
    {
        var driver = new TableDriver().Create("a");
        driver.Do(new ContentOp.Overwrite(A, Enumerable.Range(0, 20).Select(value => (byte)value).ToArray()));

        var read = driver.Table.Read([new(A, 0, 1), new(A, offset, size)]);

        Assert.Equal((rule, status, status == AisStatus.Ok ? -1 : 1), (rule, read.Status, read.ErroneousIndex));
        if (status == AisStatus.Ok)
            Assert.Equal(Enumerable.Range((int)offset, delivered).Select(value => (byte)value), read.Data[1].ToArray());
    }

    [Fact(DisplayName = "An absent section is NOT_EXIST with its index, an empty vector INVALID_PARAM")]
    public void Absent()
    {
        var driver = new TableDriver().Create("a", 1);
        var read = driver.Table.Read([new(A, 0, 1), new(Id("x"), 0, 1)]);
        Assert.Equal((AisStatus.NotExist, 1), (read.Status, read.ErroneousIndex));
        Assert.Equal(AisStatus.InvalidParam, driver.Table.Read([]).Status);
    }

    [Fact(DisplayName = "Without pending changes a read sees the stable state, with them the head")]
    public void Head()
    {
        var driver = new TableDriver().Create("a", 40_000).Create("b", 4);
        driver.Order(Write((A, 16_380, Bytes(10, 2)), (Id("b"), 2, Bytes(4, 2))));
        driver.Order(new ContentOp.CreateSection(Id("c"), 9, Bytes(3, 7)));
        Assert.Equal(4, driver.Table.Read([new(Id("b"), 0, ReadElement.Whole)], driver.Pending).Data[0].Span.Count((byte)2));
        driver.Order(Write((A, 16_385, Bytes(1, 3))));
        driver.Order(new ContentOp.DeleteSection(Id("b")));

        var head = driver.Table.Read([new(A, 16_379, 12), new(Id("c"), 0, 3)], driver.Pending);
        Assert.Equal([1, 2, 2, 2, 2, 2, 3, 2, 2, 2, 2, 1], head.Data[0].ToArray());
        Assert.Equal(Bytes(3, 7), head.Data[1].ToArray());
        Assert.Equal(AisStatus.NotExist, driver.Table.Read([new(Id("b"), 0, 1)], driver.Pending).Status);

        Assert.Equal(Bytes(40_000), driver.ReadWhole(A));
        Assert.Equal(AisStatus.NotExist, driver.Table.Read([new(Id("c"), 0, 1)]).Status);
        Assert.Equal(Bytes(4), driver.ReadWhole(Id("b")));
    }

    [Fact(DisplayName = "A pending change touches its sections until it is applied")]
    public void Touches()
    {
        var driver = new TableDriver().Create("a").Create("b");
        driver.Order(Write((A, 0, Bytes(1))));
        driver.Order(Write((A, 1, Bytes(1))));
        Assert.True(driver.Pending.Touches([new(Id("b"), 0, 1), new(A, 0, 1)]));
        Assert.False(driver.Pending.Touches([new(Id("b"), 0, 1)]));
        driver.Apply();
        Assert.True(driver.Pending.Touches(A));
        driver.Apply();
        Assert.False(driver.Pending.Touches(A));
        Assert.Equal(0, driver.Pending.Changes);
    }

    [Fact(DisplayName = "A read of many pages at once is as the pages are")]
    public void Across_pages()
    {
        var data = Enumerable.Range(0, 70_000).Select(value => (byte)(value * 31)).ToArray();
        var driver = new TableDriver();
        driver.Do(new ContentOp.CreateSection(A, AisTime.End, data));
        foreach (var (offset, size) in new[] { (0, 70_000), (16_383, 2), (16_384, 16_384), (1, 69_999), (32_767, 20_000) })
            Assert.Equal(data.AsSpan(offset, size), driver.Table.Read([new(A, offset, size)]).Data[0].Span);
    }
}
