using Checkpoint.Actors.Diagnostics;
using Checkpoint.Host.Lifecycle;
using Microsoft.Extensions.Time.Testing;

namespace Checkpoint.Tests.Host.Lifecycle;

public sealed class LifecycleTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ckpt-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact(DisplayName = "A leave that hangs is ended at its limit, counted from its first reason")]
    public void Guard()
    {
        var clock = new FakeTimeProvider();
        List<string> killed = [];
        using var guard = new ShutdownGuard(clock, TimeSpan.FromSeconds(20), killed.Add);

        clock.Advance(TimeSpan.FromHours(1));
        guard.Arm("SIGTERM received");
        clock.Advance(TimeSpan.FromSeconds(15));
        guard.Arm("a second one");
        Assert.Empty(killed);
        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["checkpointd hangs in its leave (SIGTERM received) for 20 s, the limit of checkpoint.shutdown-timeout"], killed);
    }

    [Fact(DisplayName = "A leave that ended in time kills nobody")]
    public void Guard_in_time()
    {
        var clock = new FakeTimeProvider();
        List<string> killed = [];
        var guard = new ShutdownGuard(clock, TimeSpan.FromSeconds(20), killed.Add);
        guard.Arm("SIGTERM received");
        guard.Dispose();
        guard.Arm("too late");
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(killed);
    }

    [Fact(DisplayName = "A host's directory is its own, says when it is ready, and forgets a killed run")]
    public async Task Data_directory()
    {
        var path = Path.Combine(_directory.FullName, "node");
        Directory.CreateDirectory(path);
        await File.WriteAllTextAsync(Path.Combine(path, "ready"), "ready of a killed run");

        using (var directory = await DataDirectory.TakeAsync(path, TimeProvider.System))
        {
            Assert.False(File.Exists(directory.ReadyFile));
            Assert.Equal($"{Environment.ProcessId}\n", await File.ReadAllTextAsync(directory.PidFile));
            directory.AnnounceReady("ready node=n");
            Assert.Equal("ready node=n\n", await File.ReadAllTextAsync(directory.ReadyFile));
        }

        Assert.Equal(["lock"], Directory.GetFiles(path).Select(Path.GetFileName));
    }

    [Fact(DisplayName = "Dropped messages repeat with their seed, and a switch that is off cannot be set")]
    public void Faults()
    {
        var settings = FaultSettings.None with { Drop = 0.3, DropSeed = 7 };
        var first = Draws(new FaultSwitch(settings));
        var second = Draws(new FaultSwitch(settings));

        Assert.Equal(first, second);
        Assert.InRange(first.Count(lost => lost), 200, 400);
        Assert.DoesNotContain(true, Draws(new FaultSwitch(FaultSettings.None)));
        Assert.Throws<InvalidOperationException>(() => FaultSwitch.Off.Set(settings));
    }

    [Fact(DisplayName = "A moved clock moves wall time only")]
    public void Clock_offset()
    {
        var clock = new FakeTimeProvider();
        var faulty = new FaultyClock(clock, new FaultSwitch(FaultSettings.None with { ClockOffset = TimeSpan.FromHours(2) }));

        Assert.Equal(clock.GetUtcNow() + TimeSpan.FromHours(2), faulty.GetUtcNow());
        Assert.Equal(clock.GetTimestamp(), faulty.GetTimestamp());
    }

    private static List<bool> Draws(FaultSwitch faults) => [.. Enumerable.Range(0, 1_000).Select(_ => faults.LosesThisOne())];
}
