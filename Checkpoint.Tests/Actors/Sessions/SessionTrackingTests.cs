using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;
using Agent = Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Tests.Actors.Sessions;

public sealed class SessionTrackingTests
{
    [Fact(DisplayName = "A tracker hears every change but its own handle's; without credit exactly one gap, then it goes on")]
    public void Tracking()
    {
        var driver = new SessionDriver(limits: SessionOptions.Defaults with { ChangeEventsMax = 2 });
        var (handle, other) = (driver.Open().Handle, driver.Open().Handle);
        driver.Send(new Track(handle, true));
        driver.FromAgent(Agent.Done.Ok(driver.ToAgent<Agent.Track>().Number));

        Update(driver, 1, handle);
        Assert.Empty(driver.Effects);
        Update(driver, 2, other);
        Assert.Equal(2, Assert.IsType<Changed>(Assert.Single(driver.ToClient)).Position);
        Update(driver, 3, other);
        for (var position = 4; position < 10; position++)
        {
            Update(driver, position, other);
            Assert.Empty(driver.Effects);
        }

        driver.Tell(new ChangeCredit(handle, 2));
        Assert.Equal(new Gap(handle, 9), Assert.Single(driver.ToClient));
        Update(driver, 10, other);
        Assert.Equal(10, Assert.IsType<Changed>(Assert.Single(driver.ToClient)).Position);
        driver.Gone(SessionDriver.IncarnationOf("safCkpt=a"));
        Assert.Equal(new Gap(handle, long.MaxValue), Assert.Single(driver.ToClient));
    }

    [Fact(DisplayName = "A further order to track that fails stops nothing: neither what was on nor what another order switches on")]
    public void Tracking_twice()
    {
        var driver = new SessionDriver();
        var (handle, other) = (driver.Open().Handle, driver.Open().Handle);
        driver.Send(new Track(handle, true));
        var first = driver.ToAgent<Agent.Track>().Number;
        driver.Send(new Track(handle, true));
        var second = driver.ToAgent<Agent.Track>().Number;

        driver.FromAgent(new Agent.Done(first, AisStatus.NoResources, "no room"));
        Assert.Equal(AisStatus.NoResources, driver.Answered.Status);
        driver.FromAgent(Agent.Done.Ok(second));
        Assert.Equal(AisStatus.Ok, driver.Answered.Status);
        Update(driver, 1, other);
        Assert.Equal(1, Assert.IsType<Changed>(Assert.Single(driver.ToClient)).Position);

        driver.Send(new Track(handle, true));
        driver.FromAgent(new Agent.Done(driver.ToAgent<Agent.Track>().Number, AisStatus.NoResources, "no room"));
        Update(driver, 2, other);
        Assert.Equal(2, Assert.IsType<Changed>(Assert.Single(driver.ToClient)).Position);
    }

    [Fact(DisplayName = "A first order to track that fails leaves the handle untracked")]
    public void Tracking_refused()
    {
        var driver = new SessionDriver();
        var (handle, other) = (driver.Open().Handle, driver.Open().Handle);
        driver.Send(new Track(handle, true));

        driver.FromAgent(new Agent.Done(driver.ToAgent<Agent.Track>().Number, AisStatus.NoResources, "no room"));

        Update(driver, 1, other);
        Assert.Empty(driver.ToClient);
    }

    [Fact(DisplayName = "The agent is told to stop only when the last handle of the client stops tracking")]
    public void Untrack()
    {
        var driver = new SessionDriver();
        var (one, two) = (driver.Open().Handle, driver.Open().Handle);
        foreach (var handle in new[] { one, two })
        {
            driver.Send(new Track(handle, true));
            driver.FromAgent(Agent.Done.Ok(driver.ToAgent<Agent.Track>().Number));
        }

        Assert.Equal(AisStatus.Ok, driver.Refused(new Track(one, false)));
        driver.Send(new Track(two, false));
        Assert.Equal(SessionDriver.IncarnationOf("safCkpt=a"), driver.ToAgent<Agent.Untrack>().Incarnation);
    }

    private static void Update(SessionDriver driver, long position, ulong writer) => driver.Updated(new Agent.Update(
        SessionDriver.IncarnationOf("safCkpt=a"), position, SessionDriver.Session, writer, [new(SectionChangeKind.Written, new SectionId("s"), 0, 1)]));
}
