using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

public sealed class RequestMemoryTests
{
    [Fact(DisplayName = "What was done is done; what its asker had answers to is given up; of others nothing is known")]
    public void Rules()
    {
        var memory = RequestMemory.Empty.With(By(5, 2), isDone: true).With(By(7, 4), isDone: false);
        Assert.Equal((true, false, false), (memory.IsDone(Id(5)), memory.IsDone(Id(7)), memory.IsDone(Id(6))));
        Assert.Equal((true, true, false), (memory.IsGivenUp(Id(2)), memory.IsGivenUp(Id(4)), memory.IsGivenUp(Id(5))));
        Assert.Equal((false, false), (memory.IsDone(Id(5, session: 2)), memory.IsGivenUp(Id(1, session: 2))));

        var later = memory.With(By(8, 6), isDone: true).With(By(9, 0), isDone: false);
        Assert.Equal((false, true, true), (later.IsDone(Id(5)), later.IsGivenUp(Id(5)), later.IsDone(Id(8))));
    }

    [Fact(DisplayName = "One session's requests without end leave one number, however many it asks")]
    public void One_session()
    {
        var memory = RequestMemory.Empty;
        for (ulong number = 1; number <= 10_000; number++)
            memory = memory.With(By(number, number - 1), isDone: true);
        Assert.Equal(2, memory.Count);
    }

    [Fact(DisplayName = "An asker is forgotten five seconds after the last of its deadlines")]
    public void Forgotten()
    {
        var memory = RequestMemory.Empty.With(By(1, 0, 20 * Second), isDone: true).With(By(2, 1, 10 * Second), isDone: true).With(By(1, 0, 3 * Second, session: 2), isDone: true);
        Assert.Equal(25 * Second, memory.Until);
        Assert.Equal(memory, memory.Forget((8 * Second) - 1));
        Assert.False(memory.Forget(8 * Second).IsDone(Id(1, session: 2)));
        Assert.True(memory.Forget((25 * Second) - 1).IsGivenUp(Id(1)));
        Assert.Equal(0, memory.Forget(25 * Second).Count);
        Assert.Equal((AisTime.End, 0L), (RequestMemory.Empty.With(By(1, 0), isDone: true).Until, RequestMemory.Empty.Until));
    }

    [Fact(DisplayName = "A full memory's row stays below 64 KiB")]
    public void Row()
    {
        var memory = RequestMemory.Empty;
        for (var session = 0; memory.Count < RequestMemory.CountMax; session++)
            memory = memory.With(By(1, 0, session: session), isDone: true);
        var bytes = CheckpointEventCodec.Encode(new CheckpointEvents.Kept(Name, 1, []) { Requests = memory });
        Assert.InRange(bytes.Length, 1, 64 * 1024);
        var read = Assert.IsType<CheckpointEvents.Kept>(CheckpointEventCodec.Decode("K", bytes));
        Assert.Equal(memory.Askers.OrderBy(entry => entry.Key.Value), read.Requests.Askers.OrderBy(entry => entry.Key.Value));
    }

    private static RequestOrigin By(ulong number, ulong answeredTo, long deadline = NoDeadline, int session = 1) =>
        new(Session(session), number, answeredTo, deadline);

    private static RequestId Id(ulong number, int session = 1) => new(Session(session), number);
}
