using System.Diagnostics;
using Checkpoint.Actors.Content;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Actors.Replication;

/// <summary>Many small calls that may go on at the same moment: no step works on more of them than on a slice, and none is called from within another.</summary>
public sealed class BacklogTests
{
    private const int Sections = 300;
    private const int Calls = 4_000;

    private static readonly long PerStepMax = 2 * MachinePump.Options.SliceWork / ContentWork.PerElement;

    [Theory(DisplayName = "Writes that gathered behind a long vector are ordered and applied in slices, and the stack does not grow with them")]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    public void Behind_a_vector(int hosts, int from)
    {
        var (pump, checkpoint) = Filled(hosts);
        var (applied, largest, frames, total) = (0, 0, 0, 0);
        pump.Machines[0].Replicas.Applied = (_, _) =>
        {
            applied++;
            if (++total % 500 == 0)
                frames = Math.Max(frames, new StackTrace(false).FrameCount);
        };
        pump.Stepping = (host, _) => applied = host == 0 ? 0 : applied;
        pump.Stepped = (host, _) => largest = Math.Max(largest, applied);

        pump.Give(from, Change(pump, checkpoint, new ContentOp.Write([.. Ids.Select(id => new WriteElement(id, 0, new byte[] { 1 }))])));
        for (var call = 0; call < Calls; call++)
            pump.Give(from, Change(pump, checkpoint, new ContentOp.Write([new(Ids[call % Sections], 0, new byte[] { 2 })])));
        pump.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(Calls + 1, total);
        Assert.InRange(frames, 1, 200);
        Assert.InRange(largest, 1, PerStepMax);
    }

    [Fact(DisplayName = "Updates that become stable at once are applied in slices, in their order, also where a large read comes between")]
    public void Stable_at_once()
    {
        var (pump, checkpoint) = Filled(2);
        List<long> applied = [];
        var (before, largest) = (0, 0);
        pump.Machines[0].Replicas.Applied = (_, entry) => applied.Add(entry.Sequence);
        pump.Stepping = (_, _) => before = applied.Count;
        pump.Stepped = (_, _) => largest = Math.Max(largest, applied.Count - before);
        pump.Loses = (to, message) => to == 0 && message is HostMessage.Ack;

        for (var call = 0; call < Calls; call++)
            pump.Give(0, Change(pump, checkpoint, new ContentOp.Write([new(Ids[call % Sections], 0, new[] { (byte)(call >> 4) })])));
        pump.Pass(TimeSpan.FromSeconds(0.1));
        Assert.Empty(applied);
        pump.Loses = (_, _) => false;
        pump.Give(0, new ReplicaAgentProtocol.Read(
            pump.NextNumber(), checkpoint, [.. Ids.Select(id => new ReadElement(id, 0, 1))], pump.Now + AisTime.NanosecondsPerSecond));
        pump.Pass(TimeSpan.FromSeconds(1.5));

        Assert.Equal(Calls, applied.Count);
        Assert.Equal(applied.Order(), applied);
        Assert.InRange(largest, 1, PerStepMax);
    }

    [Fact(DisplayName = "Reads that waited for the same update are answered in slices")]
    public void Reads()
    {
        var (pump, checkpoint) = Filled(2);
        var (step, answers) = (0, new Dictionary<int, int>());
        pump.Stepping = (_, _) => step++;
        pump.Replied = (_, reply) =>
        {
            if (reply is ReplicaAgentProtocol.ReadDone)
                answers[step] = answers.GetValueOrDefault(step) + 1;
        };
        pump.Loses = (to, message) => to == 0 && message is HostMessage.Ack;
        pump.Give(0, Change(pump, checkpoint, new ContentOp.Write([new(Ids[0], 0, new byte[] { 2 })])));
        for (var call = 0; call < Calls; call++)
            pump.Give(0, new ReplicaAgentProtocol.Read(pump.NextNumber(), checkpoint, [new(Ids[0], 0, 1)], pump.Now + (2 * AisTime.NanosecondsPerSecond)));
        pump.Pass(TimeSpan.FromSeconds(0.1));
        Assert.Empty(answers);
        pump.Loses = (_, _) => false;
        pump.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(Calls, answers.Values.Sum());
        Assert.InRange(answers.Values.Max(), 1, PerStepMax);
    }

    [Fact(DisplayName = "Sections whose time has come at the same moment expire a batch at a time, one after the other")]
    public void Expiries()
    {
        var (pump, checkpoint) = Filled(2);
        List<int> batches = [];
        pump.Machines[1].Replicas.Applied = (_, entry) =>
        {
            if (entry.Body is LogBody.Content { Op: ContentOp.ExpireSections expire })
                batches.Add(expire.Ids.Count);
        };
        foreach (var id in Ids)
            pump.Give(0, Change(pump, checkpoint, new ContentOp.SetExpiration(id, pump.WallNow + AisTime.NanosecondsPerSecond)));
        pump.Pass(TimeSpan.FromSeconds(0.9));
        Assert.Empty(batches);
        pump.Pass(TimeSpan.FromSeconds(0.3));

        Assert.Equal(Sections, batches.Sum());
        Assert.InRange(batches.Max(), 1, PerStepMax);
        Assert.Equal(0, pump.Status(1, checkpoint).Sections);
    }

    private static SectionId[] Ids { get; } = [.. Enumerable.Range(0, Sections).Select(index => new SectionId($"s{index}"))];

    private static ReplicaAgentProtocol.Change Change(MachinePump pump, IncarnationId checkpoint, ContentOp op) => new(
        pump.NextNumber(), checkpoint, new SessionId(new Guid(1, 0, 0, new byte[8])), 7, op, pump.Now + (2 * AisTime.NanosecondsPerSecond));

    private static (MachinePump Pump, IncarnationId Checkpoint) Filled(int hosts)
    {
        var pump = new MachinePump(hosts);
        var checkpoint = pump.Create(0, new CreationAttributes(CreationFlags.WriteAllReplicas, 0, AisTime.End, Sections, 64, 64));
        foreach (var id in Ids)
            pump.Give(0, Change(pump, checkpoint, new ContentOp.CreateSection(id, AisTime.End, new byte[2])));
        pump.Pass(TimeSpan.FromSeconds(0.5));
        Assert.Equal(Sections, pump.Status(0, checkpoint).Sections);
        return (pump, checkpoint);
    }
}
