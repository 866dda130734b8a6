using Checkpoint.Protocol;

namespace Checkpoint.Actors.Transit;

/// <summary>
/// What one client has of a <see cref="ByteBudget"/>. Whoever talks to the client says when its bytes wait for the client, and when they move.
/// Thread-safe.
/// </summary>
public sealed class ByteAccount : IByteRoom
{
    private const long NotWaiting = long.MinValue;

    private readonly ByteBudget _budget;
    private readonly Action<string> _cutOff;
    private long _waitsSince = NotWaiting;
    private int _isCutOff;

    internal ByteAccount(ByteBudget budget, long bytesMax, Action<string> cutOff) => (_budget, BytesMax, _cutOff) = (budget, bytesMax, cutOff);

    public long BytesMax { get; }

    /// <summary>Guarded by the budget.</summary>
    public long Reserved { get; internal set; }

    public bool TryReserve(long bytes) => Reserve(bytes) is null;

    /// <returns>Null when they are reserved, else which limit is in the way, with its value.</returns>
    public string? Reserve(long bytes) => _budget.Reserve(this, bytes);

    /// <summary>Waits for others to give back, on a thread of the client's own.</summary>
    /// <returns>Null when they are reserved, else what was full to the end.</returns>
    public string? ReserveWithin(long bytes, TimeSpan patience)
    {
        var began = _budget.Clock.GetTimestamp();
        while (true)
        {
            var full = Reserve(bytes);
            var left = patience - _budget.Clock.GetElapsedTime(began);
            if (full is null || bytes > BytesMax || left <= TimeSpan.Zero || !_budget.IsOpen(this))
                return full;
            _budget.WaitForRelease(left);
        }
    }

    public void Release(long bytes) => _budget.Release(this, bytes);

    /// <summary>Something waits for the client: it has to read, or to send the rest.</summary>
    public void Waits() => Interlocked.CompareExchange(ref _waitsSince, _budget.Clock.GetTimestamp(), NotWaiting);

    /// <summary>The client has done a part of it, and more waits.</summary>
    public void Moved() => Volatile.Write(ref _waitsSince, _budget.Clock.GetTimestamp());

    /// <summary>Nothing waits for the client.</summary>
    public void IsIdle() => Volatile.Write(ref _waitsSince, NotWaiting);

    /// <summary>The client is gone: all it had is given back at once. May be called again.</summary>
    public void Close() => _budget.Close(this);

    internal bool HasWaited(TimeSpan patience) =>
        Volatile.Read(ref _waitsSince) is not NotWaiting and var since && _budget.Clock.GetElapsedTime(since) >= patience;

    internal void CutOff(string full)
    {
        if (Interlocked.Exchange(ref _isCutOff, 1) == 0)
            _cutOff($"it moved nothing for {ByteBudget.Patience.TotalSeconds:0.#} s while others waited: {full}");
    }
}
