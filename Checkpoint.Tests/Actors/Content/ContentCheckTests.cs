using Checkpoint.Actors.Content;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Actors.Content.TableDriver;

namespace Checkpoint.Tests.Actors.Content;

/// <summary>ais-ckpt 1.6: which refusal comes for what, and that a refused change leaves nothing behind.</summary>
public sealed class ContentCheckTests
{
    private static readonly SectionId A = Id("a");
    private static readonly SectionId Missing = Id("missing");

    public static TheoryData<string, ContentOp, AisStatus, int> Refusals => new()
    {
        { "create: id exists", Create("a", 0), AisStatus.Exist, -1 },
        { "create: data above max-section-size", Create("x", 100_001), AisStatus.InvalidParam, -1 },
        { "create: id above max-section-id-size", Create("12345678901234567", 0), AisStatus.InvalidParam, -1 },
        { "create: negative expiration time", new ContentOp.CreateSection(Id("x"), -1, default), AisStatus.InvalidParam, -1 },
        { "delete: absent", new ContentOp.DeleteSection(Missing), AisStatus.NotExist, -1 },
        { "delete: the default section's id", new ContentOp.DeleteSection(default), AisStatus.InvalidParam, -1 },
        { "expiration: absent", new ContentOp.SetExpiration(Missing, 5), AisStatus.NotExist, -1 },
        { "expiration: negative", new ContentOp.SetExpiration(A, -1), AisStatus.InvalidParam, -1 },
        { "expiration: the default section's id", new ContentOp.SetExpiration(default, 5), AisStatus.InvalidParam, -1 },
        { "write: no element", Write(), AisStatus.InvalidParam, -1 },
        { "write: third element absent", Write((A, 0, Bytes(1)), (A, 1, Bytes(1)), (Missing, 0, Bytes(1))), AisStatus.NotExist, 2 },
        { "write: second element too long", Write((A, 0, Bytes(1)), (A, 0, Bytes(100_001))), AisStatus.InvalidParam, 1 },
        { "write: offset + size above max-section-size", Write((A, 99_999, Bytes(2))), AisStatus.InvalidParam, 0 },
        { "write: offset + size wraps", Write((A, long.MaxValue, Bytes(2))), AisStatus.InvalidParam, 0 },
        { "write: negative offset", Write((A, -1, Bytes(1))), AisStatus.InvalidParam, 0 },
        { "overwrite: absent", new ContentOp.Overwrite(Missing, Bytes(1)), AisStatus.NotExist, -1 },
        { "overwrite: data above max-section-size", new ContentOp.Overwrite(A, Bytes(100_001)), AisStatus.InvalidParam, -1 },
        { "overwrite: the default section that is not there", new ContentOp.Overwrite(default, Bytes(1)), AisStatus.NotExist, -1 },
        { "corrupt: absent", new ContentOp.Corrupt(Missing), AisStatus.NotExist, -1 },
    };

    [Theory(DisplayName = "A bad change gets its code and index, and nothing changes")]
    [MemberData(nameof(Refusals))]
    public void Refused(string rule, ContentOp op, AisStatus status, int index)
    {
        var driver = new TableDriver().Create("a", 10);

        var result = driver.Order(op);

        Assert.Equal((rule, status, index), (rule, result.Status, result.ErroneousIndex));
        Assert.False(string.IsNullOrEmpty(result.Reason));
        Assert.Equal((0, 1, 1L), (driver.Pending.Changes, driver.Table.Count, driver.Table.Sequence));
        Assert.Equal(Bytes(10), driver.ReadWhole(A));
    }

    [Fact(DisplayName = "Full: NO_SPACE; full and the id is there: EXIST; after a delete there is room again")]
    public void No_space()
    {
        var driver = new TableDriver(Attributes(maxSections: 2)).Create("a").Create("b");
        Assert.Equal(AisStatus.NoSpace, driver.Status(Create("c", 0)));
        Assert.Equal(AisStatus.Exist, driver.Status(Create("a", 0)));
        driver.Order(new ContentOp.DeleteSection(A));
        Assert.Equal(AisStatus.Ok, driver.Status(Create("c", 0))); // The delete is only ordered, not yet applied.
    }

    [Fact(DisplayName = "maxSections 1: no section can be created, another id does not exist, the default one stays")]
    public void Default_section()
    {
        var driver = new TableDriver(Attributes(maxSections: 1));
        Assert.Equal(AisStatus.Exist, driver.Status(Create("a", 0)));
        Assert.Equal(AisStatus.Exist, driver.Status(new ContentOp.CreateSection(default, AisTime.End, default)));
        Assert.Equal(AisStatus.NotExist, driver.Status(new ContentOp.DeleteSection(A)));
        Assert.Equal(AisStatus.InvalidParam, driver.Status(new ContentOp.DeleteSection(default)));
        Assert.Equal(AisStatus.InvalidParam, driver.Status(new ContentOp.SetExpiration(default, 5)));
    }

    [Fact(DisplayName = "A section above 64 MiB is NO_RESOURCES, whatever max-section-size says")]
    public void Section_too_large()
    {
        var driver = new TableDriver(Attributes(maxSectionSize: ulong.MaxValue)).Create("a");
        Assert.Equal(AisStatus.Ok, driver.Status(Write((A, ContentLimits.SectionSizeMaxBytes - 1, Bytes(1)))));
        var refused = driver.Order(Write((A, 0, Bytes(1)), (A, ContentLimits.SectionSizeMaxBytes, Bytes(1))));
        Assert.Equal((AisStatus.NoResources, 1), (refused.Status, refused.ErroneousIndex));
        Assert.Equal(AisStatus.NoResources, driver.Status(Write((A, long.MaxValue - 1, Bytes(1)))));
    }

    [Fact(DisplayName = "Corrupted: read and write are NOT_EXIST with the index, overwrite heals, delete works")]
    public void Corrupted()
    {
        var driver = new TableDriver().Create("a", 10).Create("b", 10);
        driver.Order(new ContentOp.Corrupt(A));
        Assert.Equal((AisStatus.NotExist, 1), Index(driver.Order(Write((Id("b"), 0, Bytes(1)), (A, 0, Bytes(1))))));
        driver.ApplyAll();
        Assert.Equal((SectionState.Corrupted, 1), (driver.Table.Describe(A)!.State, driver.Table.CorruptCount));

        var read = driver.Table.Read([new(Id("b"), 0, 1), new(A, 0, 1)]);
        Assert.Equal((AisStatus.NotExist, 1), (read.Status, read.ErroneousIndex));

        driver.Do(new ContentOp.Overwrite(A, Bytes(2, 8)));
        Assert.Equal(Bytes(2, 8), driver.ReadWhole(A));
        Assert.Equal(0, driver.Table.CorruptCount);

        driver.Do(new ContentOp.Corrupt(A));
        driver.Do(new ContentOp.DeleteSection(A));
        Assert.Equal((1, 0), (driver.Table.Count, driver.Table.CorruptCount));
    }

    [Fact(DisplayName = "A change is checked against everything ordered before it, applied or not")]
    public void Pending()
    {
        var driver = new TableDriver();
        Assert.Equal(AisStatus.Ok, driver.Status(Create("a", 5)));
        Assert.Equal(AisStatus.Exist, driver.Status(Create("a", 5)));
        Assert.Equal(AisStatus.Ok, driver.Status(Write((A, 5, Bytes(5)))));
        Assert.Equal((1, 10L, 0), (driver.Pending.Count, driver.Pending.BytesUsed, driver.Table.Count));
        Assert.Equal(AisStatus.Ok, driver.Status(new ContentOp.DeleteSection(A)));
        Assert.Equal(AisStatus.NotExist, driver.Status(Write((A, 0, Bytes(1)))));
        Assert.Equal(AisStatus.Ok, driver.Status(Create("a", 1)));
        driver.ApplyAll();
        Assert.Equal((1, 1L), (driver.Table.Count, driver.Table.BytesUsed));
    }

    [Fact(DisplayName = "Generated ids: new, of 1 to max-section-id-size bytes, and NO_SPACE when all are taken")]
    public void Generated_ids()
    {
        var driver = new TableDriver(Attributes(maxSections: 1000, maxIdSize: 1));
        HashSet<SectionId> ids = [];
        for (var count = 0; count < 256; count++)
        {
            var result = driver.Order(new ContentOp.CreateSection(default, AisTime.End, default));
            Assert.Equal((AisStatus.Ok, 1), (result.Status, result.GeneratedId.Length));
            Assert.True(ids.Add(result.GeneratedId));
        }

        Assert.Equal(AisStatus.NoSpace, driver.Status(new ContentOp.CreateSection(default, AisTime.End, default)));
        driver.ApplyAll();
        Assert.Equal(256, driver.Table.Count);

        var wide = new TableDriver(Attributes(maxIdSize: 100)).Order(new ContentOp.CreateSection(default, AisTime.End, default));
        Assert.Equal(8, wide.GeneratedId.Length);
        Assert.Equal(
            AisStatus.InvalidParam, new TableDriver(Attributes(maxIdSize: 0)).Status(new ContentOp.CreateSection(default, AisTime.End, default)));
    }

    private static ContentOp.CreateSection Create(string id, int size) => new(Id(id), AisTime.End, Bytes(size));

    private static (AisStatus Status, int Index) Index(ContentResult result) => (result.Status, result.ErroneousIndex);
}
