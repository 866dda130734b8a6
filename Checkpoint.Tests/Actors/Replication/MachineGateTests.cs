using System.Text;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Tests.Actors.Replication;

/// <summary>When a thread beside the agent may read, and when it has to ask the agent.</summary>
public sealed class MachineGateTests
{
    private static readonly CreationAttributes Synchronous = new(CreationFlags.WriteAllReplicas, 1 << 20, 0, 64, 1024, 64);

    [Fact(DisplayName = "What every full host holds is read on each of them; an absent section, a bad range or buffer, another incarnation is the agent's")]
    public void Plain_success_only()
    {
        var (pump, checkpoint) = Start(2);

        Assert.All(new[] { 0, 1 }, host => Assert.Equal("hello", Text(pump.Gates[host], checkpoint, Element("s"))));
        Assert.Equal("lo", Text(pump.Gates[1], checkpoint, Element("s", 3, 100)));
        Assert.Equal("", Text(pump.Gates[1], checkpoint, Element("s", 5)));
        Assert.Null(Text(pump.Gates[0], new IncarnationId(Guid.NewGuid()), Element("s")));
        ReadRequest.Element[] refused =
        [
            Element("absent"), Element("s", 6), Element("s", -1), Element("s", 0, 0), Element("s", 0, -2), Element("s", 0, 1025), Element("s", 1, 1024),
        ];
        Assert.All(refused, element => Assert.Null(Text(pump.Gates[0], checkpoint, element)));
    }

    [Fact(DisplayName = "Nothing is read from a corrupted section, nor a vector without elements")]
    public void Corrupted()
    {
        var (pump, checkpoint) = Start(2);
        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.Corrupt(new SectionId("s"))).Status);

        Assert.Null(Text(pump.Gates[1], checkpoint, Element("s")));
        Assert.Null(Text(pump.Gates[1], checkpoint));
    }

    [Fact(DisplayName = "A section that a pending change touches is read nowhere, in no vector; the others are")]
    public void Pending()
    {
        var (pump, checkpoint) = Start(3);
        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.CreateSection(new SectionId("t"), AisTime.End, new byte[1])).Status);

        Order(pump, checkpoint, new ContentOp.Overwrite(new SectionId("s"), "new"u8.ToArray()));

        Assert.All(new[] { 0, 1 }, host =>
        {
            Assert.Null(Text(pump.Gates[host], checkpoint, Element("s")));
            Assert.Null(Text(pump.Gates[host], checkpoint, Element("t"), Element("s")));
            Assert.NotNull(Text(pump.Gates[host], checkpoint, Element("t")));
        });
        pump.CutOff.Clear();
        pump.Pass(TimeSpan.FromMilliseconds(300));
        Assert.Equal("new", Text(pump.Gates[2], checkpoint, Element("s")));
    }

    [Fact(DisplayName = "A deletion that is ordered ends the reading before it is stable")]
    public void Deleted()
    {
        var (pump, checkpoint) = Start(3);
        pump.CutOff.Add(2);
        pump.Step(0, new MachineInput.Local(new Delete(900, checkpoint, pump.Now + AisTime.NanosecondsPerSecond), this));

        Assert.All(new[] { 0, 1 }, host => Assert.Null(Text(pump.Gates[host], checkpoint, Element("s"))));
    }

    [Fact(DisplayName = "The lease is checked by the reader's own time: without one step of the agent its reads end with the lease")]
    public void Lease_over()
    {
        var (pump, checkpoint) = Start(2);
        Assert.NotNull(Text(Late(0), checkpoint, Element("s")));
        Assert.Null(Text(Late(pump.Machines.Length * MachinePump.Options.Lease), checkpoint, Element("s")));

        MachineGate Late(long nanoseconds) => new(pump.Machines[1], new MachinePump.PumpClock(pump, nanoseconds));
    }

    [Fact(DisplayName = "A host that is cut off reads nothing once the others may go on without it; in their view reading goes on")]
    public void View_change()
    {
        var (pump, checkpoint) = Start(3);
        pump.CutOff.Add(2);
        for (var isChanged = false; !isChanged;)
        {
            pump.Pass(TimeSpan.FromMilliseconds(5));
            isChanged = pump.Newest!.Hosts.Length == 2 && Text(pump.Gates[0], checkpoint, Element("s")) is not null;
            if (isChanged)
                Assert.Null(Text(pump.Gates[2], checkpoint, Element("s")));
        }

        pump.CutOff.Clear();
        pump.Pass(TimeSpan.FromSeconds(1));
        Assert.Null(Text(pump.Gates[2], checkpoint, Element("s"))); // Left out, for good.
        Assert.NotNull(Text(pump.Gates[1], checkpoint, Element("s")));
    }

    [Fact(DisplayName = "Between the adoption of a view and its START nothing is read, nor on a host that has retired")]
    public void Not_started()
    {
        var (pump, checkpoint) = Start(3);
        var row = pump.Machines[1].Status();
        var next = new View(row.ViewNumber + 1, [.. pump.Hosts], [1, 1, 1], [.. pump.Hosts], [], pump.Hosts[0]);
        pump.Gates[1].Step(new MachineInput.ViewRow(next), []);
        Assert.Null(Text(pump.Gates[1], checkpoint, Element("s")));

        pump.Gates[2].Step(new MachineInput.Retire(), []);
        Assert.Null(Text(pump.Gates[2], checkpoint, Element("s")));
    }

    [Fact(DisplayName = "A replica that is not full is not read")]
    public void Not_full()
    {
        var (pump, checkpoint) = Start(2);
        pump.Machines[1].Replicas.Find(checkpoint)!.Stage = ReplicaStage.Filling;

        Assert.Null(Text(pump.Gates[1], checkpoint, Element("s")));
    }

    [Fact(DisplayName = "An asynchronous checkpoint is read at its active replica alone, and not what is not stable yet")]
    public void Asynchronous()
    {
        var (pump, checkpoint) = Start(3, Synchronous with { Flags = CreationFlags.WriteActiveReplica });
        Assert.Equal("hello", Text(pump.Gates[0], checkpoint, Element("s")));
        Assert.Null(Text(pump.Gates[1], checkpoint, Element("s")));

        Order(pump, checkpoint, new ContentOp.Overwrite(new SectionId("s"), "new"u8.ToArray()));
        Assert.Null(Text(pump.Gates[0], checkpoint, Element("s")));
    }

    [Fact(DisplayName = "Nothing is read from a machine that failed within a step, or whose agent has stopped")]
    public void Broken()
    {
        var (pump, checkpoint) = Start(2);
        Assert.Throws<InvalidOperationException>(() => pump.Gates[0].Step(new Nonsense(), []));
        pump.Gates[1].Close();

        Assert.All(pump.Gates, gate => Assert.Null(Text(gate, checkpoint, Element("s"))));
    }

    [Fact(DisplayName = "While updates are applied no thread reads half of one, nor older data after newer on any host, nor misses what was acknowledged")]
    public async Task Concurrency()
    {
        const int Writes = 1_500;
        var (pump, checkpoint) = Start(3);
        foreach (var id in new[] { "a", "b" })
            Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.CreateSection(new SectionId(id), AisTime.End, new byte[8])).Status);
        var (newest, reads, isOver) = (0L, 0L, false);
        var readers = Enumerable.Range(0, 4).Select(number => Task.Factory.StartNew(() => Read(number), TaskCreationOptions.LongRunning)).ToArray();

        for (var value = 1L; value <= Writes; value++)
        {
            var bytes = BitConverter.GetBytes(value);
            var write = new ContentOp.Write([new(new SectionId("a"), 0, bytes), new(new SectionId("b"), 0, bytes)]);
            Assert.Equal(AisStatus.Ok, pump.Change((int)(value % 3), checkpoint, write).Status);
            Raise(value); // Acknowledged.
        }

        Volatile.Write(ref isOver, true);
        await Task.WhenAll(readers);
        Assert.InRange(reads, 1, long.MaxValue);

        void Read(int number)
        {
            ReadRequest.Element[] elements = [Element("a"), Element("b")];
            var found = new WireWriter();
            for (var host = number; !Volatile.Read(ref isOver); host++)
            {
                var before = Volatile.Read(ref newest);
                found.Clear();
                if (!pump.Gates[host % 3].TryRead(checkpoint, elements, found, 1000))
                    continue;
                var (a, b) = (BitConverter.ToInt64(found.Written.Span[4..]), BitConverter.ToInt64(found.Written.Span[16..]));
                Assert.True(a == b, $"half an update: {a} and {b}");
                Assert.True(a >= before, $"{a} on host {host % 3} after {before}");
                Raise(a);
                Interlocked.Increment(ref reads);
            }
        }

        void Raise(long value)
        {
            for (var seen = Volatile.Read(ref newest); seen < value;)
                seen = Interlocked.CompareExchange(ref newest, value, seen);
        }
    }

    /// <summary>A checkpoint of host 0 with the section s = "hello" everywhere, nothing pending.</summary>
    private static (MachinePump Pump, IncarnationId Checkpoint) Start(int hosts, CreationAttributes? attributes = null)
    {
        var pump = new MachinePump(hosts);
        var checkpoint = pump.Create(0, attributes ?? Synchronous);
        var create = new ContentOp.CreateSection(new SectionId("s"), AisTime.End, "hello"u8.ToArray());
        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, create).Status);
        pump.Pass(TimeSpan.FromMilliseconds(50));
        return (pump, checkpoint);
    }

    /// <summary>In the logs of hosts 0 and 1, and not stable: host 2 does not hear of it.</summary>
    private void Order(MachinePump pump, IncarnationId checkpoint, ContentOp op)
    {
        pump.CutOff.Add(2);
        pump.Step(0, new MachineInput.Local(
            new Change(900, checkpoint, new SessionId(Guid.NewGuid()), 7, op, pump.Now + AisTime.NanosecondsPerSecond), this));
    }

    private static ReadRequest.Element Element(string id, long offset = 0, long size = ReadElement.Whole) =>
        new(Encoding.UTF8.GetBytes(id), offset, size);

    private static string? Text(MachineGate gate, IncarnationId checkpoint, params ReadRequest.Element[] elements)
    {
        var found = new WireWriter();
        if (!gate.TryRead(checkpoint, elements, found, 1_000_000))
            return null;
        var from = new WireReader(found.Written);
        var text = new StringBuilder();
        foreach (var element in elements)
            text.Append(Encoding.UTF8.GetString(from.Bytes().Span));
        return text.ToString();
    }

    private sealed record Nonsense : MachineInput;
}
