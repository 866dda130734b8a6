using System.Collections.Concurrent;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// The handles of one client that were opened for READ, for a link that reads through them by itself. The Session's thread changes it, before
/// it tells the client of the change; any thread looks at it.
/// </summary>
public sealed class ReadableHandles
{
    private readonly ConcurrentDictionary<ulong, IncarnationId> _incarnations = new();
    private volatile bool _isClosed;

    public bool TryFind(ulong handle, out IncarnationId incarnation) => _incarnations.TryGetValue(handle, out incarnation);

    public void Add(ulong handle, IncarnationId incarnation)
    {
        if (!_isClosed)
            _incarnations[handle] = incarnation;
    }

    public void Remove(ulong handle) => _incarnations.TryRemove(handle, out _);

    /// <summary>For good: from now on the Session refuses everything, or is not there.</summary>
    public void Close()
    {
        _isClosed = true;
        _incarnations.Clear();
    }
}
