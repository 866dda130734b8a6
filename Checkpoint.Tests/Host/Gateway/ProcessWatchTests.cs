using System.Diagnostics;
using Checkpoint.Host.Gateway;
using Checkpoint.Tests.Processes;

namespace Checkpoint.Tests.Host.Gateway;

public sealed class ProcessWatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ProcessWatch _watch = new();
    private readonly List<Process> _sleepers = [];

    public void Dispose()
    {
        _watch.Dispose();
        foreach (var sleeper in _sleepers)
        {
            StartedProcesses.End(sleeper);
            sleeper.Dispose();
        }
    }

    [Fact(DisplayName = "The end of each process is told once, and only its own")]
    public async Task Ends()
    {
        Process[] processes = [Sleeper(), Sleeper(), Sleeper()];
        var ends = processes.Select(_ => new TaskCompletionSource()).ToArray();
        foreach (var (process, end) in processes.Zip(ends))
            Assert.NotNull(_watch.Watch(process.Id, end.SetResult)); // A second call would throw, and end this process.

        Signals.Send(processes[1].Id, Signal.Kill);
        await ends[1].Task.WaitAsync(Patience);
        Assert.False(ends[0].Task.IsCompleted || ends[2].Task.IsCompleted);

        Signals.Send(processes[2].Id, Signal.Kill);
        Signals.Send(processes[0].Id, Signal.Kill);
        await Task.WhenAll(ends.Select(end => end.Task)).WaitAsync(Patience);
    }

    [Fact(DisplayName = "Nothing is told of a process that is no longer watched")]
    public async Task Forgotten()
    {
        var forgotten = Sleeper();
        var watched = Sleeper();
        var end = new TaskCompletionSource();
        _watch.Watch(forgotten.Id, () => Assert.Fail("told"))!.Dispose();
        _watch.Watch(watched.Id, end.SetResult);

        Signals.Send(forgotten.Id, Signal.Kill);
        await forgotten.WaitForExitAsync().WaitAsync(Patience);
        Signals.Send(watched.Id, Signal.Kill);
        await end.Task.WaitAsync(Patience);
    }

    [Fact(DisplayName = "A process that is gone already has ended; what is no process of this namespace is not watched")]
    public async Task Gone()
    {
        var process = Sleeper();
        Signals.Send(process.Id, Signal.Kill);
        await process.WaitForExitAsync().WaitAsync(Patience);
        var end = new TaskCompletionSource();

        Assert.Null(_watch.Watch(process.Id, end.SetResult));
        await end.Task.WaitAsync(Patience);
        Assert.Null(_watch.Watch(0, () => Assert.Fail("told")));
    }

    private Process Sleeper()
    {
        var process = Process.Start("sleep", "60");
        StartedProcesses.Add(process);
        _sleepers.Add(process);
        return process;
    }
}
