using Checkpoint.Protocol;

namespace Checkpoint.Tests.Actors.Replication;

/// <summary>What no table could apply enters no log: the caller gets its code, and every host goes on.</summary>
public sealed class ExtremeUpdateTests
{
    private static readonly SectionId A = new("a");

    private static readonly CreationAttributes Boundless = new(CreationFlags.WriteAllReplicas, 0, AisTime.End, uint.MaxValue, ulong.MaxValue, ulong.MaxValue);

    [Theory(DisplayName = "One byte at an end of the numbers is NO_RESOURCES, and three hosts go on")]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 1)]
    [InlineData(long.MinValue)]
    [InlineData(64L * 1024 * 1024)]
    [InlineData(1L << 62)]
    public void Write_far_out(long offset)
    {
        var pump = new MachinePump(3);
        var incarnation = pump.Create(0, Boundless);
        Assert.Equal(AisStatus.Ok, pump.Change(1, incarnation, new ContentOp.CreateSection(A, AisTime.End, new byte[3])).Status);

        var result = pump.Change(1, incarnation, new ContentOp.Write([new(A, 0, new byte[1]), new(A, offset, new byte[1])]));

        Assert.Equal((AisStatus.NoResources, 1), (result.Status, result.ErroneousIndex));
        Assert.Equal(AisStatus.Ok, pump.Change(2, incarnation, new ContentOp.Write([new(A, 1, new byte[1])])).Status);
        pump.Pass(TimeSpan.FromSeconds(1));
        for (var host = 0; host < 3; host++)
            Assert.Equal((1, 3L), (pump.Status(host, incarnation).Sections, pump.Status(host, incarnation).BytesUsed));
    }
}
