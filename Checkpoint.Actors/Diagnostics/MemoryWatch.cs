namespace Checkpoint.Actors.Diagnostics;

/// <summary>
/// Says when the managed heap comes close to what it may have (its own limit, or the container's share): then nothing may grow any more, since a
/// copy that finds no memory while an update is applied would end the host. It says so until there is clearly room again. One thread.
/// </summary>
/// <param name="look">How large the heap was after the last collection, and how large it may become.</param>
/// <param name="collect">Asks for a collection in the background: what was counted may be garbage.</param>
public sealed class MemoryWatch(Func<(long HeapBytes, long MaxBytes)> look, Action collect)
{
    private const long LookInterval = 100_000_000;
    private const long CollectInterval = 5_000_000_000;
    private const int FullPercent = 85;
    private const int RoomPercent = 75;

    private long _lookAt = long.MinValue;
    private long _collectAt = long.MinValue;

    /// <summary>Of this process.</summary>
    public static MemoryWatch OfProcess() => new(
        () => GC.GetGCMemoryInfo(GCKind.Any) is var info ? (info.HeapSizeBytes, info.TotalAvailableMemoryBytes) : default,
        () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false));

    public bool IsExhausted { get; private set; }

    /// <param name="now">Monotonic nanoseconds.</param>
    public void Tick(long now)
    {
        if (now < _lookAt)
            return;
        _lookAt = now + LookInterval;
        var (heap, max) = look();
        var isFull = heap > max / 100 * FullPercent;
        IsExhausted = isFull || (IsExhausted && heap > max / 100 * RoomPercent);
        if (!IsExhausted || now < _collectAt)
            return;
        _collectAt = now + CollectInterval;
        collect();
    }
}
