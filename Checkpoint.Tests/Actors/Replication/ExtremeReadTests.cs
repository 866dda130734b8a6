using Checkpoint.Protocol;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Tests.Actors.Replication;

/// <summary>Reads of any size and offset that the interface has, through a host that has to ask the orderer.</summary>
public sealed class ExtremeReadTests
{
    private static readonly SectionId Section = new("s");

    private static readonly CreationAttributes Boundless = new(CreationFlags.WriteActiveReplica, 0, AisTime.End, uint.MaxValue, ulong.MaxValue, ulong.MaxValue);

    [Theory(DisplayName = "A vector whose sizes are above 2^63 is read through a host that does not order the checkpoint, and the host goes on")]
    [InlineData(long.MinValue)]
    [InlineData(long.MinValue + 1)]
    [InlineData(-2)]
    [InlineData(long.MaxValue)]
    public void Sizes(long size)
    {
        var pump = new MachinePump(2);
        var checkpoint = pump.Create(0, Boundless);
        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.CreateSection(Section, AisTime.End, new byte[3])).Status);
        var element = new ReadElement(Section, 0, size);

        foreach (var host in new[] { 0, 1 })
        {
            var read = pump.Ask<ReadDone>(host, (number, deadline) => new Read(number, checkpoint, [element, element, element], deadline)).Result;
            Assert.Equal(AisStatus.Ok, read.Status);
            Assert.Equal([3, 3, 3], read.Data.Select(data => data.Length));
        }
    }
}
