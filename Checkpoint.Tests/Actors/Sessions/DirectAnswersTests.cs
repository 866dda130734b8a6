using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;
using Checkpoint.Tests.Actors.Replication;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Tests.Actors.Sessions;

/// <summary>Requests that are answered from their frames, beside a machine that answers the same ones by messages.</summary>
public sealed class DirectAnswersTests
{
    private const int FrameMaxBytes = 64 * 1024;
    private const ulong Handle = 5;

    private static readonly CreationAttributes Attributes = new(CreationFlags.WriteAllReplicas, 1 << 20, 0, 64, 1 << 20, 64);

    private readonly MachinePump _pump = new(2);
    private readonly DirectHandles _handles = new();
    private readonly IncarnationId _checkpoint;
    private readonly DirectAnswers _answers;

    public DirectAnswersTests()
    {
        _checkpoint = _pump.Create(0, Attributes);
        Fill(_pump, _checkpoint);
        _handles.Add(Handle, _checkpoint, OpenFlags.Read);
        _answers = new DirectAnswers(_pump.Gates[1], _handles, FrameMaxBytes);
    }

    [Fact(DisplayName = "The frame is byte for byte the one that the agent's answer makes, for every shape of vector")]
    public void Same_bytes()
    {
        ReadElement[][] vectors =
        [
            [Element("small")], [Element("empty")], [Element("small", 64)], [Element("small", 10, 20)], [Element("small", 60, 1000)],
            [Element("pages")], [Element("pages", 16_383, 2)], [Element("pages", 16_384, 16_384)], [Element("large", 99_000)],
            [Element("small"), Element("pages", 1, 30_000), Element("empty"), Element("small", 3, 1)],
            [.. Enumerable.Range(0, ReadRequest.ElementsMax).Select(index => Element("large", index * 1000, index + 1))],
        ];
        Assert.All(vectors, elements =>
        {
            var frame = Ask(elements);
            Assert.False(frame.IsEmpty);
            var data = _pump.Ask<ReadDone>(1, (number, deadline) => new Read(number, _checkpoint, elements, deadline)).Result.Data;
            var answer = new SessionProtocol.Answer(77, AisStatus.Ok, Body: new SessionProtocol.Data(data));
            Assert.Equal(new FrameEncoder().Encode(answer).ToArray(), frame.ToArray());
        });
    }

    [Fact(DisplayName = "Other requests, long vectors, large answers, negative budgets and what the agent would refuse are left to the Session")]
    public void Left_to_the_session()
    {
        Assert.True(Ask([Element("large")]).IsEmpty);
        Assert.True(Ask([Element("absent")]).IsEmpty);
        Assert.True(Ask([]).IsEmpty);
        Assert.True(Ask([.. Enumerable.Repeat(Element("small"), ReadRequest.ElementsMax + 1)]).IsEmpty);
        Assert.True(Ask([Element("small")], budget: -1).IsEmpty);
        Assert.False(Ask([Element("small")], budget: 0).IsEmpty);
        SessionProtocol.IMessage[] others =
        [
            new SessionProtocol.Heartbeat(1, false),
            new SessionProtocol.Farewell(AisStatus.Ok, ""),
            new SessionProtocol.Request(1, 1, new SessionProtocol.GetStatus(Handle)),
            new SessionProtocol.Request(1, 1, new SessionProtocol.Change(Handle, new ContentOp.Overwrite(new SectionId("small"), new byte[9]))),
        ];
        Assert.All(others, message => Assert.True(_answers.TryRead(SessionCodec.Encode(message)).IsEmpty));
    }

    [Fact(DisplayName = "A handle that is unknown, closed, or of a session that is over reads nothing")]
    public void Handles()
    {
        Assert.True(Ask([Element("small")], handle: Handle + 1).IsEmpty);
        _handles.Remove(Handle);
        Assert.True(Ask([Element("small")]).IsEmpty);
        _handles.Add(Handle, _checkpoint, OpenFlags.Read);
        Assert.False(Ask([Element("small")]).IsEmpty);
        _handles.Close();
        _handles.Add(Handle, _checkpoint, OpenFlags.Read);
        Assert.True(Ask([Element("small")]).IsEmpty);
    }

    [Fact(DisplayName = "A Read that is cut short or goes on behind its end is a format error here as it is elsewhere")]
    public void Malformed()
    {
        var message = Encode([Element("small")], Handle, 1);

        Assert.Throws<WireFormatException>(() => _answers.TryRead(message.AsMemory(..^1)));
        Assert.Throws<WireFormatException>(() => _answers.TryRead((byte[])[.. message, 0]));
    }

    [Fact(DisplayName = "Ten thousand reads allocate nothing")]
    public void Allocates_nothing()
    {
        ReadOnlyMemory<byte> one = Encode([Element("small")], Handle, 1_000_000);
        ReadOnlyMemory<byte> vector = Encode([Element("small", 4, 8), Element("pages"), Element("empty")], Handle, 1_000_000);
        AssertAllocatesNothing(() => !_answers.TryRead(one).IsEmpty && !_answers.TryRead(vector).IsEmpty);
    }

    [Fact(DisplayName = "A write on a host that is alone is answered with the Session's bytes; other changes, negative budgets, and handles without the right are left to it")]
    public void Writes()
    {
        var (answers, handles) = Alone(out var pump, out var checkpoint);
        handles.Add(Handle + 1, checkpoint, OpenFlags.Read);
        var done = new FrameEncoder().Encode(new SessionProtocol.Answer(77, AisStatus.Ok)).ToArray();
        ContentOp[] taken =
        [
            new ContentOp.Overwrite(new SectionId("small"), new byte[64]),
            new ContentOp.Write([new(new SectionId("small"), 10, new byte[3]), new(new SectionId("pages"), 16_000, new byte[1_000])]),
        ];
        Assert.All(taken, op => Assert.Equal(done, answers.TryWrite(Encode(op)).ToArray()));
        Assert.False(answers.TryWrite(Encode(taken[0], budget: 0)).IsEmpty); // The default time.

        Assert.True(answers.TryWrite(Encode(taken[0], budget: -1)).IsEmpty);
        Assert.True(answers.TryWrite(Encode(taken[0], Handle + 1)).IsEmpty);
        Assert.True(answers.TryWrite(Encode(taken[0], Handle + 2)).IsEmpty);
        Assert.True(answers.TryWrite(Encode([Element("small")], Handle, 1_000_000)).IsEmpty);
        ContentOp[] left =
        [
            new ContentOp.Write([]), new ContentOp.Write([new(new SectionId("small"), 0, default)]),
            new ContentOp.Write([.. Enumerable.Repeat(new WriteElement(new SectionId("small"), 0, new byte[1]), DirectRequest.ElementsMax + 1)]),
            new ContentOp.CreateSection(new SectionId("new"), AisTime.End, default), new ContentOp.DeleteSection(new SectionId("small")),
            new ContentOp.SetExpiration(new SectionId("small"), AisTime.End),
        ];
        Assert.All(left, op => Assert.True(answers.TryWrite(Encode(op)).IsEmpty));
        Assert.Throws<WireFormatException>(() => answers.TryWrite(Encode(taken[0])[..^1]));
        Assert.Throws<WireFormatException>(() => answers.TryWrite((byte[])[.. Encode(taken[1]), 0]));
        handles.Close();
        Assert.True(answers.TryWrite(Encode(taken[0])).IsEmpty);
        Assert.Equal(new byte[64], pump.Ask<ReadDone>(0, (number, deadline) => new Read(number, checkpoint, [Element("small")], deadline)).Result.Data[0].ToArray());
    }

    [Fact(DisplayName = "Ten thousand writes between two steps of the agent allocate nothing, with reads between them")]
    public void Writes_allocate_nothing()
    {
        var (answers, handles) = Alone(out _, out var checkpoint);
        handles.Add(Handle + 1, checkpoint, OpenFlags.Read);
        ReadOnlyMemory<byte> one = Encode(new ContentOp.Overwrite(new SectionId("small"), new byte[64]));
        ReadOnlyMemory<byte> vector = Encode(new ContentOp.Write([new(new SectionId("small"), 10, new byte[3]), new(new SectionId("pages"), 16_000, new byte[1_000])]));
        ReadOnlyMemory<byte> read = Encode([Element("small", 4, 8), Element("pages")], Handle + 1, 1_000_000);
        AssertAllocatesNothing(() => !answers.TryWrite(one).IsEmpty && !answers.TryWrite(vector).IsEmpty && !answers.TryRead(read).IsEmpty);
    }

    /// <param name="answers">True when every request was answered.</param>
    private static void AssertAllocatesNothing(Func<bool> answers)
    {
        Run(200);
        GC.Collect(); // A background collection takes from each thread what it has left of its 8 KiB to allocate from, and counts that as allocated.
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int times)
        {
            for (var i = 0; i < times; i++)
                if (!answers())
                    throw new InvalidOperationException("a request was not answered");
        }
    }

    /// <summary>A host without others, with the same sections; the handle may only write.</summary>
    private static (DirectAnswers Answers, DirectHandles Handles) Alone(out MachinePump pump, out IncarnationId checkpoint)
    {
        pump = new MachinePump(1);
        checkpoint = pump.Create(0, Attributes);
        Fill(pump, checkpoint);
        var handles = new DirectHandles();
        handles.Add(Handle, checkpoint, OpenFlags.Write);
        return (new DirectAnswers(pump.Gates[0], handles, FrameMaxBytes), handles);
    }

    private static void Fill(MachinePump pump, IncarnationId checkpoint)
    {
        foreach (var (id, bytes) in new[] { ("empty", 0), ("small", 64), ("pages", 40_000), ("large", 100_000) })
        {
            var data = new byte[bytes];
            new Random(bytes).NextBytes(data);
            var create = new ContentOp.CreateSection(new SectionId(id), AisTime.End, data);
            Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, create).Status);
        }

        pump.Pass(TimeSpan.FromMilliseconds(50));
    }

    private static byte[] Encode(ContentOp op, ulong handle = Handle, long budget = 1_000_000) =>
        SessionCodec.Encode(new SessionProtocol.Request(77, budget, new SessionProtocol.Change(handle, op)));

    private ReadOnlyMemory<byte> Ask(ReadElement[] elements, long budget = 1_000_000_000, ulong handle = Handle) =>
        _answers.TryRead(Encode(elements, handle, budget));

    private static byte[] Encode(ReadElement[] elements, ulong handle, long budget) =>
        SessionCodec.Encode(new SessionProtocol.Request(77, budget, new SessionProtocol.Read(handle, elements)));

    private static ReadElement Element(string id, long offset = 0, long size = ReadElement.Whole) => new(new SectionId(id), offset, size);
}
