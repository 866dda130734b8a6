using Checkpoint.Client;
using Checkpoint.Protocol;

namespace WordCount;

/// <summary>Repeats what may be repeated: calls of which it does not matter whether they were done once or twice.</summary>
/// <param name="patience">In all, for one thing to be done. A failover takes seconds.</param>
public sealed class Retry(TimeProvider clock, TimeSpan patience)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The conditions that pass: a change of view, a moved connection, a full queue.</summary>
    public static bool IsPassing(AisStatus status) => status is
        AisStatus.TryAgain or AisStatus.Timeout or AisStatus.Unavailable or AisStatus.NoResources or AisStatus.NoMemory or AisStatus.Busy;

    /// <param name="but">An answer that is as good as done; the result is then the type's default.</param>
    /// <exception cref="CheckpointException">It did not pass within the patience, or is of another kind.</exception>
    public async Task<T> RunAsync<T>(Func<ValueTask<T>> call, CancellationToken cancel, AisStatus but = AisStatus.Ok)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (CheckpointException fault) when (fault.Status == but)
            {
                return default!;
            }
            catch (CheckpointException fault) when (IsPassing(fault.Status) && clock.GetElapsedTime(began) < patience)
            {
                await Task.Delay(Pause, clock, cancel);
            }
        }
    }
}
