using Checkpoint.Actors.Content;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using Checkpoint.Tests.Actors.Content;

namespace Checkpoint.Tests.Actors.Replication;

/// <summary>Large updates and reads on whole machines: no step does more than a slice of them, and what waits by then goes first.</summary>
public sealed class SliceTests
{
    private const int Count = 1_500;

    private static readonly CreationAttributes Attributes = new(CreationFlags.WriteAllReplicas, 0, AisTime.End, Count, 8 << 20, 64);

    [Theory(DisplayName = "No step of a long vector looks at more elements than a slice, wherever it is asked for")]
    [InlineData(CreationFlags.WriteAllReplicas, 0)]
    [InlineData(CreationFlags.WriteAllReplicas, 1)]
    [InlineData(CreationFlags.WriteActiveReplica, 1)]
    public void Vector(CreationFlags flags, int from)
    {
        var (pump, checkpoint) = Filled(3, flags);
        var vector = new CountedElements([.. Ids.Select(id => new WriteElement(id, 2, new byte[] { 7 }))]);
        var (largest, slices, before) = (0, 0, 0);
        pump.Stepping = (_, _) => before = vector.Looks;
        pump.Stepped = (_, input) =>
        {
            slices += input is MachineInput.Continue ? 1 : 0;
            largest = Math.Max(largest, vector.Looks - before);
        };
        var write = new ContentOp.Write(vector);

        Assert.Equal(AisStatus.Ok, pump.Change(from, checkpoint, write).Status);
        pump.Pass(TimeSpan.FromSeconds(1));

        var elements = MachinePump.Options.SliceWork / ContentWork.PerElement;
        Assert.InRange(largest, 1, 2 * elements);
        Assert.InRange(slices, Count / elements, 20 * Count / elements);
        for (var host = 0; host < 3; host++)
            Assert.Equal(3L * Count, pump.Status(host, checkpoint).BytesUsed);
    }

    [Theory(DisplayName = "A reader sees all of a long vector or nothing, at every slice and on every host, also one that reads all of it")]
    [InlineData(CreationFlags.WriteAllReplicas)]
    [InlineData(CreationFlags.WriteActiveReplica)]
    public void Nobody_sees_a_part(CreationFlags flags)
    {
        var (pump, checkpoint) = Filled(2, flags);
        ReadElement[] ends = [new(Ids[0], 0, 1), new(Ids[Count / 2], 0, 1), new(Ids[^1], 0, 1)];
        List<(int Host, bool IsLong, byte[] Seen)> answers = [];
        var number = 1_000_000UL;
        var slices = 0;
        pump.Replied = (host, reply) =>
        {
            if (reply is ReplicaAgentProtocol.ReadDone { Result.Status: AisStatus.Ok } read)
                answers.Add((host, read.Result.Data.Count == Count, [.. read.Result.Data.Select(data => data.Span[0]).Distinct()]));
        };
        pump.Stepped = (_, input) =>
        {
            if (input is not MachineInput.Continue || ++slices % 5 != 0 || slices > 250)
                return;
            foreach (var host in new[] { 0, 1 })
                pump.Give(host, new ReplicaAgentProtocol.Read(++number, checkpoint, slices % 25 == 0 ? All : ends, pump.Now + AisTime.NanosecondsPerSecond));
        };
        for (byte round = 1; round <= 3; round++)
            Assert.Equal(AisStatus.Ok, pump.Change(1, checkpoint, new ContentOp.Write([.. Ids.Select(id => new WriteElement(id, 0, new[] { round }))])).Status);
        pump.Stepped = (_, _) => { };
        pump.Pass(TimeSpan.FromSeconds(2));

        Assert.All(answers, answer => Assert.Single(answer.Seen));
        Assert.Equal([false, true], answers.Select(answer => answer.IsLong).Distinct().Order());
        Assert.Equal((ulong)answers.Count, number - 1_000_000UL);
    }

    [Fact(DisplayName = "Between the slices of a large overwrite another checkpoint is written and read, and the section shows its old content")]
    public void Others_go_on()
    {
        var (pump, checkpoint) = Filled(2, CreationFlags.WriteAllReplicas);
        var other = pump.Create(0, Attributes, "safCkpt=b");
        Assert.Equal(AisStatus.Ok, pump.Change(0, other, new ContentOp.CreateSection(Ids[0], AisTime.End, new byte[1])).Status);
        var (slices, answered) = (0, 0);
        pump.Stepped = (host, input) =>
        {
            if (input is MachineInput.Continue && ++slices == 3)
                pump.Give(host, new ReplicaAgentProtocol.Change(
                    2_000_000, other, new SessionId(new Guid(9, 9, 9, new byte[8])), 1, new ContentOp.Write([new(Ids[0], 0, new byte[] { 5 })]), pump.Now + AisTime.NanosecondsPerSecond));
        };
        pump.Replied = (_, reply) => answered = reply.Number == 2_000_000 ? slices : answered;

        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.Overwrite(Ids[0], new byte[6 << 20])).Status);
        pump.Pass(TimeSpan.FromSeconds(1));

        Assert.InRange(answered, 4, slices - 4);
        Assert.Equal((6L << 20) + (2 * (Count - 1)), pump.Status(1, checkpoint).BytesUsed);
    }

    private static SectionId[] Ids { get; } = [.. Enumerable.Range(0, Count).Select(index => new SectionId($"s{index}"))];

    private static ReadElement[] All { get; } = [.. Ids.Select(id => new ReadElement(id, 0, 1))];

    private static (MachinePump Pump, IncarnationId Checkpoint) Filled(int hosts, CreationFlags flags)
    {
        var pump = new MachinePump(hosts);
        var checkpoint = pump.Create(0, Attributes with { Flags = flags });
        foreach (var id in Ids)
            pump.Give(0, new ReplicaAgentProtocol.Change(
                pump.NextNumber(), checkpoint, new SessionId(new Guid(1, 0, 0, new byte[8])), 7, new ContentOp.CreateSection(id, AisTime.End, new byte[2]), pump.Now + AisTime.NanosecondsPerSecond));
        pump.Pass(TimeSpan.FromSeconds(0.5));
        Assert.Equal(Count, pump.Status(0, checkpoint).Sections);
        return (pump, checkpoint);
    }
}
