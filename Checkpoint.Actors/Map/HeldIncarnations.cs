using System.Collections.Concurrent;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Map;

/// <summary>
/// The incarnations that this host's agent holds. The Replicator takes gossip from anyone, so decoder and merge drop every part that
/// is not of one of these: what was deleted here cannot come back. One object a node, shared by the map, the buckets and their decoder,
/// which run on different threads.
/// </summary>
public sealed class HeldIncarnations
{
    private readonly ConcurrentDictionary<IncarnationId, byte> _held = new();
    private long _partsRefused;
    private long _partsLeftOut;
    private long _valuesRefused;

    public int Count => _held.Count;

    /// <summary>Parts that gossip brought of incarnations which are not held.</summary>
    public long PartsRefused => Interlocked.Read(ref _partsRefused);

    /// <summary>Parts that a bucket had no room for. Orderers keep this at 0 (<see cref="MapCapacity"/>).</summary>
    public long PartsLeftOut => Interlocked.Read(ref _partsLeftOut);

    /// <summary>Values of another type that came under a bucket's key.</summary>
    public long ValuesRefused => Interlocked.Read(ref _valuesRefused);

    public bool Contains(IncarnationId incarnation) => _held.ContainsKey(incarnation);

    public void Add(IncarnationId incarnation) => _held.TryAdd(incarnation, 0);

    public void Remove(IncarnationId incarnation) => _held.TryRemove(incarnation, out _);

    internal bool Admits(IncarnationId incarnation)
    {
        if (Contains(incarnation))
            return true;
        Interlocked.Increment(ref _partsRefused);
        return false;
    }

    internal void CountPartLeftOut() => Interlocked.Increment(ref _partsLeftOut);

    internal void CountValueRefused() => Interlocked.Increment(ref _valuesRefused);
}
