using System.Text;
using Checkpoint.Actors.Map;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Tests.Actors.Replication;

/// <summary>When a thread beside the agent may write, and that nobody can tell who wrote.</summary>
public sealed class InPlaceWritesTests
{
    private const long Budget = AisTime.NanosecondsPerSecond;

    private static readonly CreationAttributes Synchronous = new(CreationFlags.WriteAllReplicas, 1 << 20, 0, 64, 1 << 20, 64);

    [Fact(DisplayName = "A write on a host that is alone is read there at once, by other threads and by the agent, with its time; the map gets it with the next step")]
    public void Applied()
    {
        var (pump, checkpoint) = Start(1);

        Assert.True(Write(pump, checkpoint, Element("s", 1, "E"), Element("t", 0, "T"), Element("s", 2, "L")));
        pump.Step(0, new MachineInput.Forget(this));
        Assert.True(Write(pump, checkpoint, Element("s", 3, "L")));
        var writtenAt = pump.WallNow;

        Assert.Equal("hELLo", Read(pump, 0, checkpoint, "s"));
        List<MachineOutput> outputs = [];
        pump.Gates[0].Step(MachineInput.Tick.Instance, outputs);
        var changed = Assert.IsType<SectionMapProtocol.PagesChanged>(Assert.Single(outputs.OfType<MachineOutput.Map>()).Message);
        Assert.Equal((checkpoint, 5L), (changed.Incarnation, changed.Sequence));
        Assert.Equal([(new SectionId("s"), PageKey.Header), (new SectionId("s"), 0)], changed.Pages.Select(page => (page.Key.Section, page.Key.Index)));
        Assert.Equal("hELLo", Encoding.UTF8.GetString(changed.Pages[1].Bytes!.Value.Span));
        var data = pump.Ask<ReadDone>(0, (number, deadline) => new Read(number, checkpoint, [new(new SectionId("t"), 0, ReadElement.Whole)], deadline)).Result.Data;
        Assert.Equal("There", Encoding.UTF8.GetString(data[0].Span));
        var described = pump.Ask<SectionsDescribed>(0, (number, deadline) => new DescribeSections(number, checkpoint, [new SectionId("s")], deadline));
        Assert.Equal(writtenAt, described.Descriptors[0]!.LastUpdate);
    }

    [Fact(DisplayName = "A whole content of the same length is taken; what makes a section longer or shorter, or changes nothing, is the agent's, and no part of its vector is applied")]
    public void Within_its_size()
    {
        var (pump, checkpoint) = Start(1);

        Assert.True(pump.Gates[0].TryWrite(checkpoint, [Element("s", 0, "HELLO")], isOverwrite: true, Budget));
        Assert.Equal("HELLO", Read(pump, 0, checkpoint, "s"));
        Assert.False(pump.Gates[0].TryWrite(checkpoint, [Element("s", 0, "Hell")], isOverwrite: true, Budget));
        Assert.False(pump.Gates[0].TryWrite(checkpoint, [Element("s", 0, "longer")], isOverwrite: true, Budget));
        WriteRequest.Element[] refused =
        [
            Element("s", 5, "x"), Element("s", 3, "xyz"), Element("s", -1, "x"), Element("s", long.MaxValue, "x"), Element("s", 0, ""), Element("absent", 0, "x"),
        ];
        Assert.All(refused, element => Assert.False(Write(pump, checkpoint, Element("s", 0, "x"), element)));
        Assert.False(Write(pump, checkpoint));
        Assert.False(Write(pump, new IncarnationId(Guid.NewGuid()), Element("s", 0, "x")));
        Assert.Equal("HELLO", Read(pump, 0, checkpoint, "s"));
    }

    [Fact(DisplayName = "A corrupted section is the agent's, and so is every write while somebody tracks the checkpoint")]
    public void Corrupted_or_tracked()
    {
        var (pump, checkpoint) = Start(1);
        Assert.Equal(AisStatus.Ok, pump.Ask<Done>(0, (number, _) => new Track(number, checkpoint)).Status);
        Assert.False(Write(pump, checkpoint, Element("s", 0, "x")));
        Assert.Equal(AisStatus.Ok, pump.Ask<Done>(0, (number, _) => new Untrack(number, checkpoint)).Status);
        Assert.True(Write(pump, checkpoint, Element("s", 0, "x")));

        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.Corrupt(new SectionId("s"))).Status);
        Assert.False(Write(pump, checkpoint, Element("s", 0, "x")));
        Assert.True(Write(pump, checkpoint, Element("t", 0, "x")));
    }

    [Theory(DisplayName = "Where another host holds a replica nothing is written in place, neither at the orderer nor elsewhere, whatever the kind of checkpoint")]
    [InlineData(CreationFlags.WriteAllReplicas)]
    [InlineData(CreationFlags.WriteActiveReplica)]
    public void Not_alone(CreationFlags flags)
    {
        var (pump, checkpoint) = Start(2, Synchronous with { Flags = flags });

        Assert.All(pump.Gates, gate => Assert.False(gate.TryWrite(checkpoint, [Element("s", 0, "x")], isOverwrite: false, Budget)));
    }

    [Fact(DisplayName = "A host that comes in is filled with what was written in place, and from then on everything is replicated")]
    public void Newcomer()
    {
        var pump = new MachinePump(2, members: 1);
        var checkpoint = Fill(pump, Synchronous);
        Assert.True(Write(pump, checkpoint, Element("s", 0, "H")));
        pump.Join(pump.Hosts);
        pump.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal("Hello", Read(pump, 1, checkpoint, "s"));
        Assert.False(Write(pump, checkpoint, Element("s", 0, "x")));
        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.Overwrite(new SectionId("s"), "after"u8.ToArray())).Status);
        pump.Pass(TimeSpan.FromMilliseconds(100));
        Assert.Equal("after", Read(pump, 1, checkpoint, "s"));
    }

    [Fact(DisplayName = "Nothing is written on a host that has retired, to a checkpoint that is deleted, or beside a machine that has no agent")]
    public void Not_served()
    {
        var (pump, checkpoint) = Start(1);
        pump.Gates[0].Close();
        Assert.False(Write(pump, checkpoint, Element("s", 0, "x")));

        (pump, checkpoint) = Start(1);
        pump.Step(0, MachineInput.Retire.Instance);
        Assert.False(Write(pump, checkpoint, Element("s", 0, "x")));

        (pump, checkpoint) = Start(1);
        pump.Step(0, new MachineInput.Local(new Delete(900, checkpoint, pump.Now + AisTime.NanosecondsPerSecond), this));
        Assert.False(Write(pump, checkpoint, Element("s", 0, "x")));
    }

    [Fact(DisplayName = "While a newcomer waits to be filled the host writes in place, as long as it has the lease by the writer's own time")]
    public void Lease_over()
    {
        var pump = new MachinePump(2, MachinePump.Options with { FillsMax = 0 }, members: 1);
        var checkpoint = Fill(pump, Synchronous);
        pump.Join(pump.Hosts);
        Assert.Equal(2, pump.Newest!.Hosts.Length);

        Assert.True(Write(pump, checkpoint, Element("s", 0, "x")));
        var late = new MachineGate(pump.Machines[0], new MachinePump.PumpClock(pump, MachinePump.Options.Lease));
        Assert.False(late.TryWrite(checkpoint, [Element("s", 0, "y")], isOverwrite: false, Budget));
    }

    [Fact(DisplayName = "Between the adoption of a view and its START nothing is written")]
    public void Not_started()
    {
        var pump = new MachinePump(2, members: 1);
        var checkpoint = Fill(pump, Synchronous);
        Assert.True(Write(pump, checkpoint, Element("s", 0, "x")));
        var next = new View(pump.Machines[0].Status().ViewNumber + 1, [.. pump.Hosts], [1, 1], [pump.Hosts[0]], [], pump.Hosts[0]);
        pump.Gates[0].Step(new MachineInput.ViewRow(next), []);

        Assert.False(Write(pump, checkpoint, Element("s", 0, "x")));
    }

    [Fact(DisplayName = "Nothing is written past a change that is held, nor to a checkpoint without an active replica")]
    public void Held_or_without_active()
    {
        var (pump, checkpoint) = Start(1, Synchronous with { Flags = CreationFlags.WriteActiveReplica });
        var replica = pump.Machines[0].Replicas.Find(checkpoint)!;
        Assert.True(Write(pump, checkpoint, Element("s", 0, "x")));
        var change = new Change(900, checkpoint, default, 7, new ContentOp.DeleteSection(new SectionId("t")), long.MaxValue);
        replica.Outgoing.Held.AddLast(new PendingChange(change, this, 1, long.MaxValue, long.MaxValue));
        Assert.False(Write(pump, checkpoint, Element("s", 0, "x")));
        replica.Outgoing.Held.Clear();

        replica.State = replica.State with { Attributes = replica.State.Attributes with { Flags = CreationFlags.WriteActiveReplica | CreationFlags.Collocated }, Active = null };
        Assert.False(Write(pump, checkpoint, Element("s", 0, "x")));
    }

    [Fact(DisplayName = "A write that breaks down ends the machine: nothing is read or written any more, and the agent's next step fails")]
    public void Broken()
    {
        var (pump, checkpoint) = Start(1);
        pump.Machines[0].Replicas.Find(checkpoint)!.Table!.Advance(1_000);

        Assert.False(Write(pump, checkpoint, Element("s", 0, "x")));
        Assert.False(Write(pump, checkpoint, Element("s", 0, "x")));
        Assert.False(pump.Gates[0].TryRead(checkpoint, [new(Id("s"), 0, 1)], new WireWriter(), 1000));
        Assert.Throws<InvalidOperationException>(() => pump.Step(0, MachineInput.Tick.Instance));
    }

    [Fact(DisplayName = "Bytes that were handed out before are never written to")]
    public void Handed_out()
    {
        var (pump, checkpoint) = Start(1);
        Assert.True(Write(pump, checkpoint, Element("s", 0, "1")));
        var data = pump.Ask<ReadDone>(0, (number, deadline) => new Read(number, checkpoint, [new(new SectionId("s"), 0, ReadElement.Whole)], deadline)).Result.Data;
        Assert.True(Write(pump, checkpoint, Element("s", 0, "2")));
        Assert.True(Write(pump, checkpoint, Element("s", 0, "3")));

        Assert.Equal("1ello", Encoding.UTF8.GetString(data[0].Span));
        Assert.Equal("3ello", Read(pump, 0, checkpoint, "s"));
    }

    [Fact(DisplayName = "A writer, readers and the agent's steps at the same time: no thread reads half a vector, nor older data after newer")]
    public async Task Concurrency()
    {
        const int Writes = 20_000;
        var (pump, checkpoint) = Start(1);
        foreach (var id in new[] { "a", "b" })
            Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.CreateSection(new SectionId(id), AisTime.End, new byte[20_000])).Status);
        var (newest, reads, isOver) = (0L, 0L, false);
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(ReadAll, TaskCreationOptions.LongRunning)).ToArray();
        var writer = Task.Factory.StartNew(WriteAll, TaskCreationOptions.LongRunning);

        while (!writer.IsCompleted)
            pump.Pass(TimeSpan.FromMilliseconds(5));
        await writer;
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(readers);

        Assert.InRange(reads, 1, long.MaxValue);

        void WriteAll()
        {
            var bytes = new byte[8];
            for (var value = 1L; value <= Writes; value++)
            {
                BitConverter.TryWriteBytes(bytes, value);
                Assert.True(SpinWait.SpinUntil(
                    () => Write(pump, checkpoint, new(Id("a"), 16_380, bytes), new(Id("b"), 16_380, bytes)), TimeSpan.FromSeconds(60)));
                Volatile.Write(ref newest, value);
            }
        }

        void ReadAll()
        {
            ReadRequest.Element[] elements = [new(Id("a"), 16_380, 8), new(Id("b"), 16_380, 8)];
            var found = new WireWriter();
            while (!Volatile.Read(ref isOver))
            {
                var before = Volatile.Read(ref newest);
                found.Clear();
                if (!pump.Gates[0].TryRead(checkpoint, elements, found, 1000))
                    continue;
                var (a, b) = (BitConverter.ToInt64(found.Written.Span[4..]), BitConverter.ToInt64(found.Written.Span[16..]));
                Assert.True(a == b, $"half an update: {a} and {b}");
                Assert.True(a >= before, $"{a} after {before}");
                Interlocked.Increment(ref reads);
            }
        }
    }

    /// <summary>A checkpoint of host 0 with the sections s = "hello" and t = "there", nothing pending.</summary>
    private static (MachinePump Pump, IncarnationId Checkpoint) Start(int hosts, CreationAttributes? attributes = null)
    {
        var pump = new MachinePump(hosts);
        return (pump, Fill(pump, attributes ?? Synchronous));
    }

    private static IncarnationId Fill(MachinePump pump, CreationAttributes attributes)
    {
        var checkpoint = pump.Create(0, attributes);
        foreach (var (id, text) in new[] { ("s", "hello"), ("t", "there") })
            Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.CreateSection(new SectionId(id), AisTime.End, Encoding.UTF8.GetBytes(text))).Status);
        pump.Pass(TimeSpan.FromMilliseconds(50));
        return checkpoint;
    }

    private static bool Write(MachinePump pump, IncarnationId checkpoint, params WriteRequest.Element[] elements) =>
        pump.Gates[0].TryWrite(checkpoint, elements, isOverwrite: false, Budget);

    private static WriteRequest.Element Element(string id, long offset, string data) => new(Id(id), offset, Encoding.UTF8.GetBytes(data));

    private static ReadOnlyMemory<byte> Id(string id) => Encoding.UTF8.GetBytes(id);

    private static string Read(MachinePump pump, int host, IncarnationId checkpoint, string id)
    {
        var found = new WireWriter();
        Assert.True(pump.Gates[host].TryRead(checkpoint, [new(Id(id), 0, ReadElement.Whole)], found, 1000));
        return Encoding.UTF8.GetString(found.Written.Span[4..]);
    }
}
