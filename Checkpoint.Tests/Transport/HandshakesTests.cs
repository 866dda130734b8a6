using Checkpoint.Transport.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Checkpoint.Tests.Transport;

public sealed class HandshakesTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact(DisplayName = "A handshake that says nothing ends when its time is up")]
    public async Task Ends_in_time()
    {
        var handshakes = new Handshakes(2, TimeSpan.FromSeconds(5), _clock);
        var silent = handshakes.RunAsync(Silent, default);

        _clock.Advance(TimeSpan.FromSeconds(5));

        var fault = await Assert.ThrowsAsync<TimeoutException>(() => silent);
        Assert.Equal("the handshake was not done within 5 s", fault.Message);
        Assert.Equal(0, handshakes.Count);
    }

    [Fact(DisplayName = "One more than there may be ends the oldest; the newest goes on")]
    public async Task Oldest_makes_room()
    {
        var handshakes = new Handshakes(2, TimeSpan.FromSeconds(5), _clock);
        var first = handshakes.RunAsync(Silent, default);
        var second = handshakes.RunAsync(Silent, default);
        var done = new TaskCompletionSource<int>();
        var third = handshakes.RunAsync(_ => done.Task, default);

        var fault = await Assert.ThrowsAsync<TimeoutException>(() => first);
        Assert.Equal("2 handshakes were under way, and this was the oldest", fault.Message);
        Assert.False(second.IsCompleted);
        done.SetResult(7);
        Assert.Equal(7, await third);
    }

    private static async Task<int> Silent(CancellationToken stop)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        return 0;
    }
}
