using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;
using Agent = Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Tests.Actors.Sessions;

public sealed class SessionStateTests
{
    private static readonly ContentResult Again = new(AisStatus.TryAgain, "no lease");

    [Fact(DisplayName = "TRY_AGAIN is asked again inside the budget, under a new number, and the client sees only the result")]
    public void Retry()
    {
        var driver = new SessionDriver();
        var id = driver.Send(SessionDriver.Write(driver.Open().Handle));
        var first = driver.ToAgent<Agent.Change>().Number;
        driver.FromAgent(new Agent.Changed(first, Again));
        Assert.Empty(driver.Effects);

        driver.After(TimeSpan.FromMilliseconds(20));
        var second = driver.ToAgent<Agent.Change>().Number;
        Assert.True(second > first);
        driver.FromAgent(new Agent.Changed(second, ContentResult.Ok));
        Assert.Equal((id, AisStatus.Ok), (driver.Answered.Id, driver.Answered.Status));
    }

    [Fact(DisplayName = "At the deadline a request that was refused last is TRY_AGAIN, one without a reply is TIMEOUT, and a late reply is dropped")]
    public void Deadlines()
    {
        var driver = new SessionDriver();
        var handle = driver.Open().Handle;
        driver.Send(new GetStatus(handle), budget: 50_000_000);
        var silent = driver.ToAgent<Agent.Describe>().Number;
        driver.After(TimeSpan.FromMilliseconds(100));
        Assert.Empty(driver.ToClient); // The agent may still answer at the deadline itself.
        driver.After(TimeSpan.FromMilliseconds(200));
        Assert.Equal(AisStatus.Timeout, driver.Answered.Status);
        driver.FromAgent(new Agent.Described(silent, AisStatus.Ok, null, new CheckpointDescriptor(SessionDriver.Synchronous, 0, 0)));
        Assert.Empty(driver.Effects);

        driver.Send(SessionDriver.Write(handle), budget: 50_000_000);
        driver.FromAgent(new Agent.Changed(driver.ToAgent<Agent.Change>().Number, Again));
        driver.After(TimeSpan.FromMilliseconds(60));
        Assert.Equal((AisStatus.TryAgain, "no lease"), (driver.Answered.Status, driver.Answered.Reason));
        Assert.False(driver.State.NeedsTicks);
    }

    [Fact(DisplayName = "A budget without end never times out")]
    public void No_limit()
    {
        var driver = new SessionDriver();
        driver.Send(new GetStatus(driver.Open().Handle), budget: AisTime.End);
        Assert.Equal(AisTime.End, driver.ToAgent<Agent.Describe>().Deadline);
        driver.After(TimeSpan.FromDays(365));
        Assert.Empty(driver.Effects);
    }

    [Fact(DisplayName = "Changes asked again keep the order in which they were issued, and later ones wait behind them")]
    public void Order_of_retries()
    {
        var driver = new SessionDriver();
        var handle = driver.Open().Handle;
        var (one, two) = (SendWrite(driver, handle, 1), SendWrite(driver, handle, 2));
        driver.FromAgent(new Agent.Changed(two, Again));
        driver.FromAgent(new Agent.Changed(one, Again));
        driver.Send(SessionDriver.Write(handle, bytes: 3));
        Assert.Empty(driver.Effects);

        driver.After(TimeSpan.FromMilliseconds(50));
        var sizes = driver.Effects.OfType<SessionEffect.ToAgent>().Select(effect => ((Agent.Change)effect.Command).Op.DataBytes);
        Assert.Equal([1, 2, 3], sizes);
    }

    [Fact(DisplayName = "A change is not asked again once a later one was applied: it is TRY_AGAIN")]
    public void No_retry_after_a_later_change()
    {
        var driver = new SessionDriver();
        var handle = driver.Open().Handle;
        var (one, two) = (SendWrite(driver, handle, 1), SendWrite(driver, handle, 2));
        driver.FromAgent(new Agent.Changed(one, Again));
        driver.FromAgent(new Agent.Changed(two, ContentResult.Ok));
        Assert.Equal([AisStatus.TryAgain, AisStatus.Ok], driver.ToClient.Cast<Answer>().OrderBy(answer => answer.Id).Select(answer => answer.Status));

        (one, two) = (SendWrite(driver, handle, 1), SendWrite(driver, handle, 2));
        driver.FromAgent(new Agent.Changed(two, ContentResult.Ok));
        driver.FromAgent(new Agent.Changed(one, Again));
        Assert.Equal(AisStatus.TryAgain, driver.Answered.Status);
        Assert.False(driver.State.NeedsTicks);
    }

    [Fact(DisplayName = "An open that was given up is taken back until the entity has it, whatever comes late")]
    public void Abandoned_open()
    {
        var driver = new SessionDriver();
        driver.Send(new Open(new CheckpointName("safCkpt=a"), OpenFlags.Read, null), budget: 100_000_000);
        var open = driver.ToEntity<CheckpointProtocol.Open>();
        Assert.Equal(default, driver.Effects.OfType<SessionEffect.Present>().Single().Open.Incarnation);

        driver.After(TimeSpan.FromMilliseconds(400));
        Assert.Equal(AisStatus.Timeout, driver.Answered.Status);
        var close = driver.ToEntity<CheckpointProtocol.Close>();
        Assert.Equal((default, open.Opener), (close.Incarnation, close.Opener));
        Assert.Single(driver.Effects.OfType<SessionEffect.Absent>());

        driver.FromEntity(new CheckpointProtocol.Opened(open.Number, SessionDriver.IncarnationOf("late"), SessionDriver.Synchronous));
        Assert.Equal(0, driver.State.HandleCount);
        driver.FromEntity(new CheckpointProtocol.Refused(close.Number, AisStatus.TryAgain, "journal away"));
        driver.After(TimeSpan.FromSeconds(1));
        driver.FromEntity(new CheckpointProtocol.Done(driver.ToEntity<CheckpointProtocol.Close>().Number));
        Assert.False(driver.State.NeedsTicks);
    }

    [Fact(DisplayName = "A client's death closes every handle and every open in flight once, and the session ends when the entities have it")]
    public void Death()
    {
        var driver = new SessionDriver();
        driver.Open(name: "safCkpt=a");
        driver.Open(name: "safCkpt=b");
        driver.Send(new Open(new CheckpointName("safCkpt=c"), OpenFlags.Read, null));

        driver.End();
        var closes = driver.Effects.OfType<SessionEffect.ToEntity>().Select(effect => (CheckpointProtocol.Close)effect.Command).ToList();
        Assert.Equal(["safCkpt=a", "safCkpt=b", "safCkpt=c"], closes.Select(close => close.Name.ToString()).Order());
        Assert.Equal(default, closes.Single(close => close.Name.ToString() == "safCkpt=c").Incarnation);
        Assert.Equal(3, driver.Effects.OfType<SessionEffect.Absent>().Count());

        driver.End();
        Assert.Empty(driver.Effects);
        foreach (var close in closes)
        {
            Assert.Empty(driver.Effects.OfType<SessionEffect.Finished>());
            driver.FromEntity(new CheckpointProtocol.Done(close.Number));
        }

        Assert.Equal(new SessionEffect.Finished(), Assert.Single(driver.Effects));
    }

    [Fact(DisplayName = "The death of a client with a thousand handles asks the entities a bounded number of closes at a time")]
    public void Death_of_a_large_client()
    {
        var driver = new SessionDriver();
        for (var i = 0; i < 1000; i++)
            driver.Open(name: $"safCkpt={i}");
        driver.End();
        var closed = 0;
        var waiting = new Queue<CheckpointProtocol.ICommand>(driver.Effects.OfType<SessionEffect.ToEntity>().Select(effect => effect.Command));
        Assert.InRange(waiting.Count, 1, 100);
        while (waiting.TryDequeue(out var close))
        {
            closed++;
            driver.FromEntity(new CheckpointProtocol.Done(close.Number));
            foreach (var next in driver.Effects.OfType<SessionEffect.ToEntity>())
                waiting.Enqueue(next.Command);
        }

        Assert.Equal(1000, closed);
        Assert.Single(driver.Effects.OfType<SessionEffect.Finished>());
    }

    [Fact(DisplayName = "Close ends the handle and its iterations; a Close without an answer leaves it for another try")]
    public void Close()
    {
        var driver = new SessionDriver();
        var handle = driver.Open().Handle;
        var iteration = Iterate(driver, handle, "s1");
        driver.Send(new Close(handle), budget: 50_000_000);
        driver.After(TimeSpan.FromMilliseconds(300));
        Assert.Equal(AisStatus.Timeout, driver.Answered.Status);

        driver.Send(new Close(handle));
        driver.FromEntity(new CheckpointProtocol.Done(driver.ToEntity<CheckpointProtocol.Close>().Number));
        Assert.Equal(AisStatus.Ok, driver.Answered.Status);
        Assert.Equal(AisStatus.BadHandle, driver.Refused(new Close(handle)));
        Assert.Equal(AisStatus.BadHandle, driver.Refused(new IterationNext(iteration, 1)));
        Assert.Equal(AisStatus.BadHandle, driver.Refused(new IterationFinalize(iteration)));
    }

    [Fact(DisplayName = "An iteration hands out each id once, skips what is gone, takes a batch back that failed, and ends in NO_SECTIONS for ever")]
    public void Iteration()
    {
        var driver = new SessionDriver();
        var iteration = Iterate(driver, driver.Open().Handle, "a", "b", "c", "d", "e");

        driver.Send(new IterationNext(iteration, 2));
        driver.FromAgent(new Agent.SectionsDescribed(Asked(driver, "a", "b"), AisStatus.NotExist, "no active replica", []));
        Assert.Equal(AisStatus.NotExist, driver.Answered.Status);
        driver.Send(new IterationNext(iteration, 2));
        driver.FromAgent(new Agent.SectionsDescribed(Asked(driver, "a", "b"), AisStatus.Ok, null, [null, Described("b")]));
        Assert.Equal(["b"], Told(driver));
        driver.Send(new IterationNext(iteration, 2));
        driver.FromAgent(new Agent.SectionsDescribed(Asked(driver, "c", "d"), AisStatus.Ok, null, [null, null]));
        driver.FromAgent(new Agent.SectionsDescribed(Asked(driver, "e"), AisStatus.Ok, null, [Described("e")]));
        Assert.Equal(["e"], Told(driver));
        Assert.Equal(AisStatus.NoSections, driver.Refused(new IterationNext(iteration, 2)));
        Assert.Equal(AisStatus.NoSections, driver.Refused(new IterationNext(iteration, 2)));
        Assert.Equal(AisStatus.Ok, driver.Refused(new IterationFinalize(iteration)));
        Assert.Equal(AisStatus.BadHandle, driver.Refused(new IterationNext(iteration, 2)));
    }

    [Fact(DisplayName = "What was taken back is handed out again in its order, never more at once than is asked for, and with what follows it")]
    public void Iteration_takes_back()
    {
        var driver = new SessionDriver();
        var iteration = Iterate(driver, driver.Open().Handle, "a", "b", "c", "d", "e");
        driver.Send(new IterationNext(iteration, 3));
        driver.FromAgent(new Agent.SectionsDescribed(Asked(driver, "a", "b", "c"), AisStatus.NotExist, "no active replica", []));

        driver.Send(new IterationNext(iteration, 1));
        driver.FromAgent(new Agent.SectionsDescribed(Asked(driver, "a"), AisStatus.Ok, null, [Described("a")]));
        Assert.Equal(["a"], Told(driver));
        driver.Send(new IterationNext(iteration, 3));
        driver.FromAgent(new Agent.SectionsDescribed(Asked(driver, "b", "c", "d"), AisStatus.Ok, null, [Described("b"), Described("c"), Described("d")]));
        Assert.Equal(["b", "c", "d"], Told(driver));
        driver.Send(new IterationNext(iteration, 3));
        Asked(driver, "e");
    }

    [Fact(DisplayName = "Quotas answer NO_RESOURCES or NO_MEMORY with limit and value, and give back what ends")]
    public void Quotas()
    {
        var driver = new SessionDriver(limits: SessionOptions.Defaults with
        {
            HandlesMax = 1, IterationsMax = 1, OutstandingMax = 3, InFlightBytesMax = 1500,
        });
        var handle = driver.Open().Handle;
        Refused(driver, new Open(new CheckpointName("safCkpt=b"), OpenFlags.Read, null), AisStatus.NoResources, "1 handles, at most 1 a client");

        Iterate(driver, handle, "a");
        Refused(driver, new IterationInitialize(handle, SectionsChosen.Any, 0), AisStatus.NoResources, "1 iterations, at most 1 a client");

        driver.Send(SessionDriver.Write(handle, bytes: 1000));
        var change = driver.ToAgent<Agent.Change>().Number;
        Refused(driver, SessionDriver.Write(handle, bytes: 600), AisStatus.NoMemory, "1000 + 600 bytes in flight, at most 1500 a client");
        driver.Send(new GetStatus(handle));
        driver.Send(new GetStatus(handle));
        Refused(driver, new GetStatus(handle), AisStatus.NoResources, "3 requests outstanding, at most 3 a client");

        driver.FromAgent(new Agent.Changed(change, ContentResult.Ok));
        driver.Send(SessionDriver.Write(handle, bytes: 600));
        Assert.Empty(driver.ToClient);
    }

    [Fact(DisplayName = "Left out: farewell with UNAVAILABLE for B.2 and TRY_AGAIN for B.1 clients, and nothing is closed from here")]
    public void Left_out()
    {
        foreach (var (version, status) in new[] { (AisVersion.B22, AisStatus.Unavailable), (AisVersion.B11, AisStatus.TryAgain) })
        {
            var driver = new SessionDriver(SessionDriver.Rules(Profile.Strict, version));
            driver.Open();
            driver.LeftOut();
            Assert.Equal(status, Assert.IsType<Farewell>(Assert.Single(driver.ToClient)).Status);
            Assert.Empty(driver.Effects.OfType<SessionEffect.ToEntity>());
            Assert.True(driver.Effects.OfType<SessionEffect.Finished>().Single().KeepsOpens);
        }
    }

    [Fact(DisplayName = "A host that leaves answers what it has taken, refuses what comes, and says farewell after the last answer")]
    public void Graceful_leave()
    {
        var driver = new SessionDriver();
        var handle = driver.Open().Handle;
        driver.Send(SessionDriver.Write(handle));
        var change = driver.ToAgent<Agent.Change>().Number;
        driver.Leave();
        Assert.Empty(driver.Effects);
        Assert.Equal(AisStatus.TryAgain, driver.Refused(new GetStatus(handle)));
        driver.FromAgent(new Agent.Changed(change, ContentResult.Ok));
        Assert.Equal([typeof(Answer), typeof(Farewell)], driver.ToClient.Select(message => message.GetType()));
        Assert.True(driver.Effects.OfType<SessionEffect.Finished>().Single().KeepsOpens);
    }

    [Theory(DisplayName = "A program whose node was drained is told UNAVAILABLE, by a B.1 version TRY_AGAIN; whoever can go elsewhere only goes (MEM-02)")]
    [InlineData(2, false, AisStatus.Unavailable)]
    [InlineData(1, false, AisStatus.TryAgain)]
    [InlineData(2, true, AisStatus.TryAgain)]
    public void Drained(byte major, bool canGoElsewhere, AisStatus expected)
    {
        var driver = new SessionDriver(SessionDriver.Rules(Profile.Strict, new AisVersion((byte)'B', major, 1)));
        driver.Open();

        driver.Leave(canGoElsewhere, isForGood: true);

        Assert.Equal(expected, Assert.IsType<Farewell>(Assert.Single(driver.ToClient)).Status);
    }

    [Theory(DisplayName = "A leaving host tells a client that can go elsewhere at once, answers what it has, refuses what crosses, and keeps its opens for it")]
    [InlineData(true)]
    [InlineData(false)]
    public void Graceful_leave_of_a_cluster_client(bool clientAnswers)
    {
        var driver = new SessionDriver();
        var handle = driver.Open().Handle;
        driver.Send(SessionDriver.Write(handle));
        var change = driver.ToAgent<Agent.Change>().Number;
        driver.Leave(canGoElsewhere: true);
        Assert.Equal(AisStatus.TryAgain, Assert.IsType<Farewell>(Assert.Single(driver.ToClient)).Status);
        Assert.Equal(AisStatus.TryAgain, driver.Refused(new GetStatus(handle)));
        driver.FromAgent(new Agent.Changed(change, ContentResult.Ok));
        Assert.IsType<Answer>(Assert.Single(driver.ToClient));
        Assert.Empty(driver.Effects.OfType<SessionEffect.Finished>());

        if (clientAnswers)
            driver.Tell(new Farewell(AisStatus.Ok, "it goes elsewhere"));
        else
            driver.After(TimeSpan.FromSeconds(1));

        Assert.Empty(driver.Effects.OfType<SessionEffect.ToEntity>());
        Assert.True(driver.Effects.OfType<SessionEffect.Finished>().Single().KeepsOpens);
    }

    [Fact(DisplayName = "What only a host may say ends a client")]
    public void Wrong_direction() =>
        Assert.Throws<WireFormatException>(() => new SessionDriver().Tell(new Answer(1, AisStatus.Ok)));

    private static ulong SendWrite(SessionDriver driver, ulong handle, int bytes)
    {
        driver.Send(SessionDriver.Write(handle, bytes));
        return driver.ToAgent<Agent.Change>().Number;
    }

    private static void Refused(SessionDriver driver, Command command, AisStatus status, string reason)
    {
        driver.Send(command);
        Assert.Equal((status, reason), (driver.Answered.Status, driver.Answered.Reason));
    }

    private static ulong Iterate(SessionDriver driver, ulong handle, params string[] ids)
    {
        driver.Send(new IterationInitialize(handle, SectionsChosen.Any, 0));
        driver.FromAgent(new Agent.Listed(driver.ToAgent<Agent.List>().Number, AisStatus.Ok, null, ids.Select(id => new SectionId(id)).ToList()));
        return Assert.IsType<IterationOpened>(driver.Answered.Body).Iteration;
    }

    private static ulong Asked(SessionDriver driver, params string[] ids)
    {
        var asked = driver.ToAgent<Agent.DescribeSections>();
        Assert.Equal(ids, asked.Ids.Select(id => id.ToString()));
        return asked.Number;
    }

    private static SectionDescriptor Described(string id) => new(new SectionId(id), AisTime.End, 1, SectionState.Valid, 1);

    private static IEnumerable<string> Told(SessionDriver driver) =>
        Assert.IsType<Sections>(driver.Answered.Body).Descriptors.Select(descriptor => descriptor.Id.ToString());
}
