namespace Checkpoint.Actors.Transit;

/// <summary>
/// Bytes of one kind that all clients of a host may hold together. Each client has a <see cref="ByteAccount"/>. The last quarter is for
/// those that hold little, so that a few large readers keep nobody out. When the bytes of all are used up, clients that have
/// not moved their own for <see cref="Patience"/> are cut off: who takes nothing must not keep others waiting. Thread-safe.
/// </summary>
/// <param name="what">What is counted, for the reason of a refusal.</param>
public sealed class ByteBudget(string what, long bytesMax, TimeProvider clock)
{
    /// <summary>A client with no more than this in all may use the last quarter.</summary>
    public const long LittleBytes = 1024 * 1024;

    private const int ReserveDivisor = 4;

    /// <summary>How long a client may leave bytes untouched that another one needs. Two seconds are far beyond a pause of a living program.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Between two looks for clients that do not move: each look walks over all of them.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private readonly HashSet<ByteAccount> _accounts = [];
    private long _reserved;
    private long? _lookedAt;

    public long BytesMax => bytesMax;

    public long Reserved
    {
        get
        {
            lock (_gate)
                return _reserved;
        }
    }

    /// <param name="clientBytesMax">What this client may have of it.</param>
    /// <param name="cutOff">Called at most once, on any thread, with the reason; must not wait. The account is then to be closed soon.</param>
    public ByteAccount Open(long clientBytesMax, Action<string> cutOff)
    {
        var account = new ByteAccount(this, clientBytesMax, cutOff);
        lock (_gate)
            _accounts.Add(account);
        return account;
    }

    internal TimeProvider Clock => clock;

    /// <returns>Null, or what is full.</returns>
    internal string? Reserve(ByteAccount account, long bytes)
    {
        string full;
        List<ByteAccount> stalled;
        lock (_gate)
        {
            if (!_accounts.Contains(account))
                return "the client is gone";
            if (bytes > account.BytesMax - account.Reserved)
                return $"{account.Reserved} + {bytes} bytes {what}, at most {account.BytesMax} a client";
            var most = account.Reserved + bytes <= LittleBytes ? bytesMax : bytesMax - (bytesMax / ReserveDivisor);
            if (bytes <= most - _reserved)
            {
                account.Reserved += bytes;
                _reserved += bytes;
                return null;
            }

            full = $"{_reserved} + {bytes} bytes {what} of all clients, at most {most} a host";
            stalled = FindStalled();
        }

        foreach (var idle in stalled)
            idle.CutOff(full);
        return full;
    }

    /// <summary>Waits until something is given back, or for <paramref name="atMost"/>.</summary>
    internal void WaitForRelease(TimeSpan atMost)
    {
        lock (_gate)
            Monitor.Wait(_gate, atMost < LookInterval ? atMost : LookInterval);
    }

    internal void Release(ByteAccount account, long bytes)
    {
        lock (_gate)
        {
            if (!_accounts.Contains(account))
                return; // What it had was given back at once.
            account.Reserved -= bytes;
            _reserved -= bytes;
            Monitor.PulseAll(_gate);
        }
    }

    internal void Close(ByteAccount account)
    {
        lock (_gate)
        {
            if (_accounts.Remove(account))
                _reserved -= account.Reserved;
            Monitor.PulseAll(_gate);
        }
    }

    internal bool IsOpen(ByteAccount account)
    {
        lock (_gate)
            return _accounts.Contains(account);
    }

    private List<ByteAccount> FindStalled()
    {
        if (_lookedAt is { } at && clock.GetElapsedTime(at) < LookInterval)
            return [];
        _lookedAt = clock.GetTimestamp();
        return _accounts.Where(account => account.Reserved > 0 && account.HasWaited(Patience)).ToList();
    }
}
