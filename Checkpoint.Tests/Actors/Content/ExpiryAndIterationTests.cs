using Checkpoint.Actors.Content;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Actors.Content.TableDriver;

namespace Checkpoint.Tests.Actors.Content;

public sealed class ExpiryAndIterationTests
{
    [Fact(DisplayName = "Sections are due in the order of their time, not before it, at most as many as asked for")]
    public void Due()
    {
        var driver = new TableDriver().Create("c", expiration: 300).Create("a", expiration: 100).Create("b", expiration: 200).Create("never");

        Assert.Equal(100, driver.Table.NextExpiration);
        Assert.Empty(driver.Table.DueAt(99, 10));
        Assert.Equal([Id("a")], driver.Table.DueAt(100, 10));
        Assert.Equal([Id("a"), Id("b")], driver.Table.DueAt(1000, 2));
        Assert.Equal(3, driver.Table.DueAt(AisTime.End - 1, 10).Count);
    }

    [Fact(DisplayName = "An expired section is gone, and told as expired")]
    public void Expire()
    {
        var driver = new TableDriver().Create("a", 5, expiration: 100).Create("b", 5);
        driver.Order(new ContentOp.ExpireSections([Id("a")], 100));
        Assert.Equal([new(SectionChangeKind.Expired, Id("a"), 0, 0)], driver.Apply());
        Assert.Equal((1, 5L, AisTime.End), (driver.Table.Count, driver.Table.BytesUsed, driver.Table.NextExpiration));
    }

    [Fact(DisplayName = "An expiration time set in time saves the section, though the orderer had found it due")]
    public void Saved()
    {
        var driver = new TableDriver().Create("a", expiration: 100);
        driver.Order(new ContentOp.SetExpiration(Id("a"), 500));
        driver.Order(new ContentOp.ExpireSections([Id("a"), Id("gone")], 100));
        driver.ApplyAll();
        Assert.Equal((1, 500L), (driver.Table.Count, driver.Table.NextExpiration));
    }

    [Fact(DisplayName = "A past time is due at once, SA_TIME_END never")]
    public void Past()
    {
        var driver = new TableDriver().Create("a", expiration: 0);
        Assert.Equal([Id("a")], driver.Table.DueAt(driver.Time, 10));
        driver.Do(new ContentOp.SetExpiration(Id("a"), AisTime.End));
        Assert.Empty(driver.Table.DueAt(AisTime.End, 10));
    }

    [Fact(DisplayName = "Timers are part of the content: a deleted section leaves none, a filled newcomer has them")]
    public void Timers()
    {
        var driver = new TableDriver().Create("a", expiration: 100).Create("b", expiration: 200);
        driver.Do(new ContentOp.DeleteSection(Id("a")));
        Assert.Equal(200, driver.Table.NextExpiration);
        Assert.Equal(200, FillTests.Fill(driver.Table).NextExpiration);
    }

    public static TheoryData<SectionsChosen, long, string> Filters => new()
    {
        { SectionsChosen.Any, 0, "at100 at200 at300 bad never" },
        { SectionsChosen.Forever, 5, "bad never" },
        { SectionsChosen.LessOrEqual, 200, "at100 at200" },
        { SectionsChosen.GreaterOrEqual, 200, "at200 at300 bad never" },
        { SectionsChosen.Corrupted, 0, "bad" },
    };

    [Theory(DisplayName = "Each filter lists what it should, of stable and of pending content alike")]
    [MemberData(nameof(Filters))]
    public void Select(SectionsChosen chosen, long time, string expected)
    {
        var driver = new TableDriver();
        foreach (var at in new[] { 100, 200, 300 })
            driver.Order(new ContentOp.CreateSection(Id($"at{at}"), at, default));
        driver.Order(new ContentOp.CreateSection(Id("never"), AisTime.End, default));
        driver.Order(new ContentOp.CreateSection(Id("bad"), AisTime.End, default));
        driver.Order(new ContentOp.CreateSection(Id("deleted"), 200, default));
        driver.Order(new ContentOp.Corrupt(Id("bad")));
        driver.Order(new ContentOp.DeleteSection(Id("deleted")));

        while (driver.Pending.Changes > 0)
        {
            Assert.Equal(expected, Ids(driver.Table.Select(chosen, time, driver.Pending)));
            driver.Apply();
        }

        Assert.Equal(expected, Ids(driver.Table.Select(chosen, time)));
    }

    [Fact(DisplayName = "The default section is listed by ANY, FOREVER and GEQ, not by LEQ and CORRUPTED")]
    public void Default_section()
    {
        var table = new TableDriver(Attributes(maxSections: 1)).Table;
        Assert.Equal(
            [true, false, true, false, true],
            new[] { SectionsChosen.Forever, SectionsChosen.LessOrEqual, SectionsChosen.GreaterOrEqual, SectionsChosen.Corrupted, SectionsChosen.Any }
                .Select(chosen => table.Select(chosen, 7).Contains(default)));
    }

    private static string Ids(IEnumerable<SectionId> ids) => string.Join(' ', ids.Select(id => id.ToString()).Order(StringComparer.Ordinal));
}
