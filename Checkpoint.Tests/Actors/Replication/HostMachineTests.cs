using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Tests.Actors.Replication;

public sealed class HostMachineTests
{
    private static readonly CreationAttributes Synchronous = new(CreationFlags.WriteAllReplicas, 1 << 20, 0, 64, 1 << 20, 64);
    private static readonly SectionId Section = new("s");

    [Fact(DisplayName = "A section expires on every host by one ordered update of the orderer, and trackers hear of it")]
    public void Expiry()
    {
        var pump = new MachinePump(2);
        var checkpoint = pump.Create(0, Synchronous);
        Assert.Equal(AisStatus.Ok, pump.Ask<Done>(1, (number, _) => new Track(number, checkpoint)).Status);
        Assert.Equal(AisStatus.Ok, pump.Change(1, checkpoint, new ContentOp.CreateSection(Section, pump.WallNow + AisTime.NanosecondsPerSecond, new byte[] { 1 })).Status);
        pump.Pass(TimeSpan.FromSeconds(0.5));
        Assert.Equal((1, 1), (pump.Status(0, checkpoint).Sections, pump.Status(1, checkpoint).Sections));

        pump.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal((0, 0), (pump.Status(0, checkpoint).Sections, pump.Status(1, checkpoint).Sections));
        Assert.Equal(
            [(2L, SectionChangeKind.Created), (3L, SectionChangeKind.Expired)],
            pump.Pushed.Cast<Update>().Select(update => (update.Position, update.Changes.Single().Kind)));
    }

    [Fact(DisplayName = "What a host cannot hold is refused before anything is sent, with the limit and the value; smaller updates go on")]
    public void Quota()
    {
        var pump = new MachinePump(2, MachinePump.Options with { BytesMax = 100_000 });
        var checkpoint = pump.Create(0, Synchronous);
        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.CreateSection(Section, AisTime.End, new byte[10_000])).Status);

        var refused = pump.Change(0, checkpoint, new ContentOp.Overwrite(Section, new byte[95_000]));

        Assert.Equal(AisStatus.NoResources, refused.Status);
        Assert.Matches("[0-9]+", refused.Reason);
        pump.Pass(TimeSpan.FromMilliseconds(50));
        Assert.Equal((2, 2), (pump.Status(0, checkpoint).Position, pump.Status(1, checkpoint).Position));
        Assert.Equal(AisStatus.Ok, pump.Change(1, checkpoint, new ContentOp.Overwrite(Section, new byte[5_000])).Status);
    }

    [Fact(DisplayName = "A client that makes empty sections until it is refused gets NO_RESOURCES, and everybody else's updates go on")]
    public void Quota_of_empty_sections()
    {
        var pump = new MachinePump(2, MachinePump.Options with { BytesMax = 100_000 });
        var other = pump.Create(1, Synchronous, "safCkpt=other");
        Assert.Equal(AisStatus.Ok, pump.Change(1, other, new ContentOp.CreateSection(Section, AisTime.End, new byte[5_000])).Status);
        var greedy = pump.Create(0, Synchronous with { MaxSections = 10_000 });
        ContentResult last;
        var count = 0;
        do
            last = pump.Change(0, greedy, new ContentOp.CreateSection(new SectionId($"s{count++}"), AisTime.End, default));
        while (last.Status == AisStatus.Ok && count < 1_000);

        Assert.Equal(AisStatus.NoResources, last.Status);
        Assert.Matches("[0-9]+", last.Reason);
        Assert.All([0, 1, 0, 1], host =>
        {
            pump.Pass(TimeSpan.FromMilliseconds(100)); // What a host holds is counted anew at each heartbeat.
            Assert.Equal((AisStatus.Ok, null), pump.Change(host, other, new ContentOp.Overwrite(Section, new byte[5_000])) is var done ? (done.Status, done.Reason) : default);
        });
        Assert.Equal(AisStatus.NoResources, pump.Change(1, other, new ContentOp.Overwrite(Section, new byte[60_000])).Status);
    }

    [Fact(DisplayName = "Updates that a waiting newcomer will get within its snapshot use up nobody's credit")]
    public void Credit_of_a_newcomer()
    {
        var pump = new MachinePump(2, MachinePump.Options with { BytesMax = 1_000_000, FillsMax = 0 }, members: 1);
        var checkpoint = pump.Create(0, Synchronous);
        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.CreateSection(Section, AisTime.End, new byte[20_000])).Status);
        pump.Join(pump.Hosts);
        Assert.Equal(2, pump.Newest!.Hosts.Length);

        for (var count = 0; count < 100; count++)
        {
            Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.Overwrite(Section, new byte[20_000])).Status);
            pump.Pass(TimeSpan.FromMilliseconds(100)); // What a host holds is counted anew at each heartbeat.
        }
    }

    [Fact(DisplayName = "An update that no link would take is refused with limit and value before it is ordered; the checkpoint goes on")]
    public void Too_big()
    {
        var pump = new MachinePump(2);
        var checkpoint = pump.Create(0, Synchronous with { MaxSectionSize = 64 << 20, CheckpointSize = 256 << 20 });
        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.CreateSection(Section, AisTime.End, new byte[] { 1 })).Status);
        var data = new byte[60 << 20];

        foreach (var host in new[] { 0, 1 })
        {
            var refused = pump.Change(host, checkpoint, new ContentOp.Write([new(Section, 0, data), new(Section, 0, data), new(Section, 0, data)]));
            Assert.Equal(AisStatus.NoResources, refused.Status);
            Assert.Contains($"{LinkCodec.UpdateMaxBytes}", refused.Reason);
        }

        pump.Pass(TimeSpan.FromMilliseconds(50));
        Assert.Equal((2, 2), (pump.Status(0, checkpoint).Position, pump.Status(1, checkpoint).Position));
        Assert.Equal(AisStatus.Ok, pump.Change(1, checkpoint, new ContentOp.Overwrite(Section, new byte[] { 2 })).Status);
    }

    [Fact(DisplayName = "A read that another host answers is asked again no sooner than its answer can be there")]
    public void Forwarded_read()
    {
        var pump = new MachinePump(2);
        var checkpoint = pump.Create(0, Synchronous with { Flags = CreationFlags.WriteActiveReplica, MaxSectionSize = 64 << 20, CheckpointSize = 64L << 26 });
        List<MachineOutput> outputs = [];
        var now = pump.Now;
        pump.Machines[1].Step(
            new MachineInput.Local(new Read(900, checkpoint, [new(Section, 0, ReadElement.Whole)], now + (30 * AisTime.NanosecondsPerSecond)), this), now, MachinePump.Wall, outputs);
        for (var tick = 0; tick < 40; tick++)
            pump.Machines[1].Step(MachineInput.Tick.Instance, now += 5 * AisTime.NanosecondsPerMillisecond, MachinePump.Wall, outputs);

        Assert.Single(outputs.OfType<MachineOutput.Send>(), send => send.Message is HostMessage.Query);
    }

    [Theory(DisplayName = "A host that leaves waits for a newcomer to hold what nobody else holds, and then nothing is lost; at its deadline it says what would be")]
    [InlineData(4, AisStatus.Ok)]
    [InlineData(0, AisStatus.Timeout)]
    public void Drain_of_the_only_copy(int fillsMax, AisStatus expected)
    {
        var pump = new MachinePump(2, MachinePump.Options with { FillsMax = fillsMax }, members: 1);
        var checkpoint = pump.Create(0, Synchronous);
        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.CreateSection(Section, AisTime.End, new byte[] { 1 })).Status);
        pump.Announce(pump.Hosts);
        pump.Pass(TimeSpan.FromMilliseconds(10));

        var drained = pump.Ask<Done>(0, (number, deadline) => new DrainHost(number, deadline));

        Assert.Equal(expected, drained.Status);
        if (expected == AisStatus.Ok)
            Assert.Equal((pump.Hosts[1], 1), (pump.Status(1, checkpoint).Orderer, pump.Status(1, checkpoint).Sections));
        else
            Assert.Contains("1 are held whole by no other host", drained.Reason);
    }

    [Fact(DisplayName = "While one host is out of memory no host creates or lengthens anything (NO_MEMORY) and nothing changes anywhere; what fits goes on")]
    public void Out_of_memory()
    {
        var pump = new MachinePump(2);
        var checkpoint = pump.Create(0, Synchronous);
        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.CreateSection(Section, AisTime.End, new byte[8])).Status);
        pump.Step(1, new MachineInput.Memory(IsExhausted: true));
        pump.Pass(TimeSpan.FromMilliseconds(10));

        ContentOp[] growing =
        [
            new ContentOp.CreateSection(new SectionId("t"), AisTime.End, default),
            new ContentOp.Overwrite(Section, new byte[9]),
            new ContentOp.Write([new(Section, 0, new byte[8]), new(Section, 4, new byte[5])]),
        ];
        foreach (var (host, op) in from host in new[] { 0, 1 } from op in growing select (host, op))
        {
            var refused = pump.Change(host, checkpoint, op);
            Assert.Equal((AisStatus.NoMemory, $"{pump.Hosts[1]} is out of memory"), (refused.Status, refused.Reason));
        }

        Assert.Equal([AisStatus.NoMemory, AisStatus.NoMemory], new[] { 0, 1 }.Select(host => pump.TryCreate(host, Synchronous, "safCkpt=b").Status));
        Assert.Empty(pump.Ask<Live>(0, (number, _) => new GetLive(number, new CheckpointName("safCkpt=b"))).Incarnations);
        Assert.Equal((2, 2), (pump.Status(0, checkpoint).Position, pump.Status(1, checkpoint).Position));

        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.Write([new(Section, 4, new byte[4])])).Status);
        Assert.Equal(AisStatus.Ok, pump.Change(1, checkpoint, new ContentOp.Overwrite(Section, new byte[7])).Status);
        pump.Step(1, new MachineInput.Memory(IsExhausted: false));
        pump.Pass(TimeSpan.FromMilliseconds(10));
        Assert.All(new[] { 0, 1 }, host => Assert.Equal(AisStatus.Ok, pump.TryCreate(host, Synchronous, $"safCkpt={host}").Status));
        Assert.All(growing, op => Assert.Equal(AisStatus.Ok, pump.Change(1, checkpoint, op).Status));
    }

    [Fact(DisplayName = "A drained host orders nothing more, and its sessions' writes go on through the other hosts")]
    public void Drain()
    {
        var pump = new MachinePump(3);
        var checkpoint = pump.Create(0, Synchronous);
        Assert.Equal(pump.Hosts[0], pump.Status(2, checkpoint).Orderer);

        Assert.Equal(AisStatus.Ok, pump.Ask<Done>(0, (number, deadline) => new DrainHost(number, deadline)).Status);

        Assert.NotEqual(pump.Hosts[0], pump.Status(2, checkpoint).Orderer);
        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.CreateSection(Section, AisTime.End, new byte[] { 1 })).Status);
    }

    [Fact(DisplayName = "A collocated asynchronous checkpoint has no active replica until one is set, and it is where it was set")]
    public void Collocated()
    {
        var pump = new MachinePump(2);
        var checkpoint = pump.Create(0, Synchronous with { Flags = CreationFlags.WriteActiveReplica | CreationFlags.Collocated });
        var create = new ContentOp.CreateSection(Section, AisTime.End, new byte[] { 1 });
        Assert.Equal(AisStatus.NotExist, pump.Change(1, checkpoint, create).Status);
        Assert.Equal(AisStatus.NotExist, pump.Ask<Described>(1, (number, deadline) => new Describe(number, checkpoint, deadline)).Status);

        Assert.Equal(AisStatus.Ok, pump.Ask<Done>(0, (number, deadline) => new AddReplica(number, checkpoint, pump.Hosts[1], deadline)).Status);
        Assert.Equal(AisStatus.Ok, pump.Ask<Done>(0, (number, deadline) => new SetActive(number, checkpoint, pump.Hosts[1], deadline)).Status);

        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, create).Status);
        Assert.Equal((pump.Hosts[1], pump.Hosts[1]), (pump.Status(0, checkpoint).Active, pump.Status(0, checkpoint).Orderer));
        Assert.Equal(2, pump.Status(0, checkpoint).ReplicaHosts.Count);
    }

    [Fact(DisplayName = "A host that is cut off, and doubts one of the others sooner, does not spoil the majority's view")]
    public void Cut_off_with_doubts()
    {
        var pump = new MachinePump(3);
        Assert.Equal(3, pump.Newest!.Hosts.Length);

        pump.CutOff.Add(2);
        pump.Step(2, new MachineInput.Suspect(pump.Hosts[0])); // Its connection to this one ended at once.
        pump.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(pump.Hosts[..2], pump.Newest.Hosts.Order());
    }

    [Fact(DisplayName = "A deleted incarnation is nowhere once that is answered, and deleting it again is Ok")]
    public void Deletion()
    {
        var pump = new MachinePump(2);
        var checkpoint = pump.Create(0, Synchronous);
        Assert.Equal(AisStatus.Ok, pump.Ask<Done>(1, (number, _) => new Track(number, checkpoint)).Status);

        Assert.Equal(AisStatus.Ok, pump.Ask<Done>(1, (number, deadline) => new Delete(number, checkpoint, deadline)).Status);

        Assert.Empty(pump.Ask<Live>(1, (number, _) => new GetLive(number, new CheckpointName("safCkpt=a"))).Incarnations);
        Assert.Equal(AisStatus.NotExist, pump.Change(0, checkpoint, new ContentOp.DeleteSection(Section)).Status);
        Assert.Equal(AisStatus.Ok, pump.Ask<Done>(0, (number, deadline) => new Delete(number, checkpoint, deadline)).Status);
        Assert.Equal([new Gone(checkpoint)], pump.Pushed);
    }

    [Fact(DisplayName = "That the journal is away stands in the status of a host that had no need of it, and goes when it is back")]
    public void Journal_away()
    {
        var pump = new MachinePump(2);
        Assert.False(pump.Machines[1].Status().JournalAway);

        pump.IsJournalAway = true;
        pump.Pass(AisTime.ToTimeSpan(MachinePump.Options.JournalLook + AisTime.NanosecondsPerSecond));
        Assert.All(pump.Machines, machine => Assert.Equal((true, true), (machine.Status().JournalAway, machine.Status().Serving)));

        pump.IsJournalAway = false;
        pump.Pass(AisTime.ToTimeSpan(2 * MachinePump.Options.JournalRetry));
        Assert.All(pump.Machines, machine => Assert.False(machine.Status().JournalAway));
    }

    [Fact(DisplayName = "A host that stood still longer than its lease answers no read before it has the lease again")]
    public void Lease()
    {
        var pump = new MachinePump(3);
        var checkpoint = pump.Create(0, Synchronous);
        List<MachineOutput> outputs = [];
        var late = 100 * AisTime.NanosecondsPerSecond;

        pump.Machines[2].Step(
            new MachineInput.Local(new Describe(900, checkpoint, late + AisTime.NanosecondsPerSecond), this), late, MachinePump.Wall, outputs);
        Assert.DoesNotContain(outputs, output => output is MachineOutput.Reply);
        pump.Machines[2].Step(MachineInput.Tick.Instance, late + (2 * AisTime.NanosecondsPerSecond), MachinePump.Wall, outputs);

        var reply = Assert.IsType<Described>(Assert.Single(outputs.OfType<MachineOutput.Reply>()).Message);
        Assert.Equal(AisStatus.TryAgain, reply.Status);
    }
}
