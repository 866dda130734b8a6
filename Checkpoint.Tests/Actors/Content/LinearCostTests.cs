using Checkpoint.Actors.Content;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Actors.Content.TableDriver;

namespace Checkpoint.Tests.Actors.Content;

/// <summary>A vector costs its elements, whatever they name and whatever is pending: looks at elements are counted, not time.</summary>
public sealed class LinearCostTests
{
    private const int Looks = 16; // At each element, from the check to the page; 7 when this was written.

    [Fact(DisplayName = "A vector over as many sections as elements looks at each element a few times")]
    public void Many_sections()
    {
        const int count = 3_000;
        var driver = new TableDriver(Attributes(count));
        for (var index = 0; index < count; index++)
            driver.Create($"s{index}", 1);
        var vector = new CountedElements([.. Enumerable.Range(0, count).Select(index => new WriteElement(Id($"s{index}"), 1, Bytes(1)))]);

        Assert.Equal(AisStatus.Ok, driver.Status(new ContentOp.Write(vector)));
        Assert.Equal(2 * count, driver.Pending.BytesUsed);
        for (var index = 0; index < count; index++)
            Assert.Equal(2, driver.Pending.Head(Id($"s{index}"))!.Size);
        driver.ApplyAll();

        Assert.InRange(vector.Looks, count, Looks * count);
    }

    [Fact(DisplayName = "A vector whose elements all lengthen one section looks at each of them a few times")]
    public void One_section()
    {
        const int count = 3_000;
        var driver = new TableDriver().Create("a");
        var vector = new CountedElements([.. Enumerable.Range(0, count).Select(index => new WriteElement(Id("a"), index, Bytes(1)))]);

        Assert.Equal(AisStatus.Ok, driver.Status(new ContentOp.Write(vector)));
        Assert.Equal(count, driver.Pending.Head(Id("a"))!.Size);
        driver.ApplyAll();

        Assert.InRange(vector.Looks, count, Looks * count);
    }

    [Fact(DisplayName = "Many pending updates of one section are not walked again for each update, check or read that follows")]
    public void Many_pending()
    {
        const int count = 500;
        var driver = new TableDriver().Create("a", 10);
        var vectors = Enumerable.Range(0, count)
            .Select(_ => new CountedElements([new(Id("a"), 1, Bytes(1)), new(Id("a"), 2, Bytes(1))])).ToArray();
        foreach (var vector in vectors)
        {
            Assert.Equal(AisStatus.Ok, driver.Status(new ContentOp.Write(vector)));
            Assert.Equal(10, driver.Pending.Head(Id("a"))!.Size);
        }

        for (var read = 0; read < count; read++)
            Assert.Equal(AisStatus.Ok, driver.Table.Read([new(Id("a"), 0, 10)], driver.Pending).Status);
        driver.ApplyAll();

        Assert.All(vectors, vector => Assert.InRange(vector.Looks, 2, Looks * 2));
    }
}
