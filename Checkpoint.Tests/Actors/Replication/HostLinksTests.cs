using Akka.Actor;
using Akka.TestKit.Xunit2;
using Checkpoint.Actors.Replication.Links;
using Checkpoint.Protocol;
using Xunit;

namespace Checkpoint.Tests.Actors.Replication;

public sealed class HostLinksTests : TestKit
{
    [Fact(DisplayName = "A message that has no bytes is lost like one that the link did not take, and the next one goes")]
    public void Unencoded()
    {
        var other = new HostId("other:1", 2);
        var links = new HostLinks(new HostId("self:1", 1), (ExtendedActorSystem)Sys, "/user/agent", 1_000, 1_000);

        links.Send(other, new WithoutBytes(7), now: 1);
        Assert.Equal((1L, typeof(InvalidOperationException)), (links.Lost, links.Unencoded?.GetType()));

        links.Send(other, new HostMessage.Recover(7), now: 2);
        Assert.Equal((1L, null), (links.Lost, links.Unencoded));
    }

    private sealed record WithoutBytes(long View) : HostMessage(View);
}
