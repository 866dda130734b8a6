using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;
using Microsoft.Extensions.Time.Testing;
using static Checkpoint.Protocol.SessionProtocol;
using Agent = Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Tests.Actors.Sessions;

/// <summary>The bytes of answers are reserved before they are copied, and given back when they have left.</summary>
public sealed class SessionRoomTests
{
    private static readonly Read Whole = new(0, [new(new SectionId("s"), 0, ReadElement.Whole)]);

    private readonly SessionDriver _driver = new(limits: SessionOptions.Defaults with { InFlightBytesMax = 1_000 });

    [Fact(DisplayName = "Reads that a client does not take are held: one is asked again, the others wait behind it; it goes on when it takes one, else they end in NO_MEMORY")]
    public void Slow_reader()
    {
        var handle = _driver.Open().Handle;
        var asked = Enumerable.Range(0, 4).Select(_ => Ask(handle)).ToList();
        Assert.IsType<Data>(Answer(asked[0], 600).Body);
        foreach (var read in asked.Skip(1))
            Assert.Empty(Refuse(read, 600));

        _driver.After(TimeSpan.FromMilliseconds(20));
        var again = _driver.ToAgent<Agent.Read>();
        _driver.Room.Answers.Release(600); // The link has sent the first.
        Assert.IsType<Data>(Answer(again, 600).Body);
        _driver.After(TimeSpan.FromMilliseconds(20));
        Assert.Empty(Refuse(_driver.ToAgent<Agent.Read>(), 600));

        _driver.After(TimeSpan.FromSeconds(5));
        Assert.Equal([AisStatus.NoMemory, AisStatus.NoMemory], _driver.ToClient.OfType<Answer>().Select(answer => answer.Status));
        Assert.Equal(600, _driver.Room.Answers.Reserved);
    }

    [Fact(DisplayName = "An answer that would never fit is NO_MEMORY at once, with limit and value")]
    public void Hopeless()
    {
        var refused = Assert.IsType<Answer>(Assert.Single(Refuse(Ask(_driver.Open().Handle), 1_001)));
        Assert.Equal((AisStatus.NoMemory, "0 + 1001 bytes of answers, at most 1000 a client"), (refused.Status, refused.Reason));
    }

    [Fact(DisplayName = "An answer that comes after its request has ended gives its bytes back")]
    public void Too_late()
    {
        var read = Ask(_driver.Open().Handle);
        _driver.After(TimeSpan.FromSeconds(6));
        Assert.Equal(AisStatus.Timeout, _driver.Answered.Status);
        Assert.True(read.Room!.TryReserve(600));
        _driver.FromAgent(new Agent.ReadDone(read.Number, new ReadResult(AisStatus.Ok, [new byte[600]]), read.Room));
        Assert.Empty(_driver.ToClient);
        Assert.Equal(0, _driver.Room.Answers.Reserved);
    }

    [Fact(DisplayName = "A change event that finds no room is told as a gap")]
    public void Events()
    {
        var handle = _driver.Open().Handle;
        _driver.Send(new Track(handle, true));
        _driver.FromAgent(Agent.Done.Ok(_driver.ToAgent<Agent.Track>().Number));
        _driver.Updated(Update(1));
        var told = Assert.IsType<Changed>(Assert.Single(_driver.ToClient));
        Assert.Equal(SessionRoom.BytesOf(told), _driver.Room.Answers.Reserved);

        Assert.True(_driver.Room.Answers.TryReserve(1_000 - _driver.Room.Answers.Reserved));
        _driver.Updated(Update(2));
        Assert.Equal(new Gap(handle, 2), Assert.Single(_driver.ToClient));
    }

    [Fact(DisplayName = "The ids of an iteration are counted while it lives, and given back with its handle")]
    public void Iterations()
    {
        var handle = _driver.Open().Handle;
        _driver.Send(new IterationInitialize(handle, SectionsChosen.Any, 0));
        var list = _driver.ToAgent<Agent.List>();
        Assert.True(list.Room!.TryReserve(100));
        _driver.FromAgent(new Agent.Listed(list.Number, AisStatus.Ok, null, [new SectionId("a"), new SectionId("b")], list.Room));
        Assert.Equal(2 * TransitBudgets.IdOverheadBytes, _driver.Room.Iterations.Reserved);

        _driver.Send(new Close(handle));
        _driver.FromEntity(new Checkpoint.Actors.Checkpoints.CheckpointProtocol.Done(_driver.ToEntity<Checkpoint.Actors.Checkpoints.CheckpointProtocol.Close>().Number));
        Assert.Equal(0, _driver.Room.Iterations.Reserved);
    }

    [Fact(DisplayName = "Where the host's bytes are used up, a client that moves nothing is cut off for others, one that moves is not; little ones still fit")]
    public void Stalled()
    {
        var clock = new FakeTimeProvider();
        var budget = new ByteBudget("of answers", 8L << 20, clock);
        var cutOff = new List<string>();
        var deaf = budget.Open(8L << 20, _ => cutOff.Add("deaf"));
        var slow = budget.Open(8L << 20, _ => cutOff.Add("slow"));
        var busy = budget.Open(8L << 20, _ => cutOff.Add("busy"));
        Assert.True(deaf.TryReserve(2 << 20) && slow.TryReserve(2 << 20) && busy.TryReserve(2 << 20));
        deaf.Waits();
        slow.Waits();

        var other = budget.Open(8L << 20, _ => cutOff.Add("other"));
        Assert.Equal($"{6 << 20} + {2 << 20} bytes of answers of all clients, at most {6 << 20} a host", other.Reserve(2 << 20));
        Assert.True(other.TryReserve(1 << 20));
        clock.Advance(TimeSpan.FromSeconds(1));
        slow.Moved();
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(other.TryReserve(2 << 20));
        Assert.Equal(["deaf"], cutOff);

        deaf.Close();
        deaf.Release(2 << 20); // Late: what it had was given back already.
        other.Release(1 << 20);
        Assert.True(other.TryReserve(2 << 20));
        Assert.Equal(6 << 20, budget.Reserved);
    }

    private Agent.Read Ask(ulong handle)
    {
        _driver.Send(Whole with { Handle = handle });
        return _driver.ToAgent<Agent.Read>();
    }

    private Answer Answer(Agent.Read read, int bytes)
    {
        Assert.True(read.Room!.TryReserve(bytes));
        _driver.FromAgent(new Agent.ReadDone(read.Number, new ReadResult(AisStatus.Ok, [new byte[bytes]]), read.Room));
        return _driver.Answered;
    }

    private IEnumerable<IMessage> Refuse(Agent.Read read, int bytes)
    {
        Assert.False(read.Room!.TryReserve(bytes));
        _driver.FromAgent(new Agent.ReadDone(read.Number, ReadResult.Refused(AisStatus.NoMemory, read.Room.Refused!), read.Room));
        return _driver.ToClient.ToList();
    }

    private static Agent.Update Update(long position) => new(
        SessionDriver.IncarnationOf("safCkpt=a"), position, default, 0, [new SectionChange(SectionChangeKind.Overwritten, new SectionId("s"), 0, 1)]);
}
