namespace Checkpoint.Actors.Replication;

/// <summary>
/// A beat from a thread of its own. Timers of the runtime fire on the thread pool, which on a busy host may have no thread free for
/// longer than the detection time; Akka's scheduler beats no faster than 10 ms.
/// </summary>
internal sealed class Metronome : IDisposable
{
    private readonly ManualResetEventSlim _stop = new();

    /// <param name="beat">Called on the metronome's thread; must be short and not throw.</param>
    public Metronome(TimeSpan interval, Action beat)
    {
        var thread = new Thread(() =>
        {
            while (!_stop.Wait(interval))
                beat();
            _stop.Dispose();
        })
        {
            IsBackground = true,
            Name = "checkpoint-ticks",
        };
        thread.Start();
    }

    public void Dispose() => _stop.Set();
}
