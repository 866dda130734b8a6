using Checkpoint.Transport.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Checkpoint.Tests.Transport;

public sealed class OncePerMinuteTests
{
    [Fact(DisplayName = "A line is said at once, then once a minute with how often it would have been; other lines are their own")]
    public void Says_once()
    {
        var clock = new FakeTimeProvider();
        var lines = new OncePerMinute(clock);

        Assert.Equal("a", lines.Take("a"));
        Assert.Null(lines.Take("a"));
        Assert.Null(lines.Take("a"));
        Assert.Equal("b", lines.Take("b"));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("a (2 times more in the minute before)", lines.Take("a"));
        Assert.Null(lines.Take("a"));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("b", lines.Take("b"));
    }
}
