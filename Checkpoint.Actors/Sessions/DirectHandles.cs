using System.Collections.Concurrent;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// The handles of one client with what they were opened for, for a link that reads and writes through them by itself. The Session's thread
/// changes it, before it tells the client of the change; any thread looks at it.
/// </summary>
public sealed class DirectHandles
{
    private readonly ConcurrentDictionary<ulong, (IncarnationId Incarnation, OpenFlags Rights)> _handles = new();
    private volatile bool _isClosed;

    /// <param name="needed">What the handle has to be opened for.</param>
    public bool TryFind(ulong handle, OpenFlags needed, out IncarnationId incarnation)
    {
        var isFound = _handles.TryGetValue(handle, out var open) && (open.Rights & needed) == needed;
        incarnation = open.Incarnation;
        return isFound;
    }

    public void Add(ulong handle, IncarnationId incarnation, OpenFlags rights)
    {
        if (!_isClosed)
            _handles[handle] = (incarnation, rights);
    }

    public void Remove(ulong handle) => _handles.TryRemove(handle, out _);

    /// <summary>For good: from now on the Session refuses everything, or is not there.</summary>
    public void Close()
    {
        _isClosed = true;
        _handles.Clear();
    }
}
