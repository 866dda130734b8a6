namespace Checkpoint.Host.Lifecycle;

/// <summary>
/// Bounds the leave: armed once, when it begins. A host that is still there at the end of the time kills itself, since a process
/// that neither serves nor ends keeps its port, its files and its supervisor waiting.
/// </summary>
public sealed class ShutdownGuard(TimeProvider clock, TimeSpan limit, Action<string> kill) : IDisposable
{
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private bool _over;

    public void Arm(string reason)
    {
        lock (_gate)
        {
            if (_timer is null && !_over)
            {
                _timer = clock.CreateTimer(
                    _ => kill($"checkpointd hangs in its leave ({reason}) for {limit.TotalSeconds:0.#} s, the limit of checkpoint.shutdown-timeout"),
                    null,
                    limit,
                    Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;
            _timer?.Dispose();
        }
    }
}
