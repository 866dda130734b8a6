using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>The application's open handles, by their local number and by their number in the present session.</summary>
internal sealed class HandleTable
{
    private readonly Dictionary<ulong, OpenHandle> _handles = [];
    private readonly Dictionary<ulong, OpenHandle> _byRemote = [];
    private readonly HashSet<OpenHandle> _unsettled = [];
    private ulong _lastId;

    /// <summary>Handles that a session does not yet hold as the application left them.</summary>
    public IReadOnlyCollection<OpenHandle> Unsettled => _unsettled;

    public IEnumerable<OpenHandle> All => _handles.Values;

    public OpenHandle? Find(ulong id) => _handles.GetValueOrDefault(id);

    public OpenHandle? FindRemote(ulong remote) => _byRemote.GetValueOrDefault(remote);

    public OpenHandle Add(SessionProtocol.Open open, SessionProtocol.Opened opened)
    {
        var handle = new OpenHandle(++_lastId, open.Name, opened.Incarnation, open.Flags & ~OpenFlags.Create);
        _handles.Add(handle.Id, handle);
        Attach(handle, opened.Handle);
        return handle;
    }

    public void Attach(OpenHandle handle, ulong remote)
    {
        handle.Phase = HandlePhase.Attached;
        handle.Remote = remote;
        _byRemote[remote] = handle;
        Settle(handle);
    }

    /// <summary>To be called after every change of what <see cref="OpenHandle.IsUnsettled"/> looks at.</summary>
    public void Settle(OpenHandle handle)
    {
        if (handle.IsUnsettled)
            _unsettled.Add(handle);
        else
            _unsettled.Remove(handle);
    }

    public void Remove(OpenHandle handle)
    {
        handle.Phase = HandlePhase.Gone;
        _unsettled.Remove(handle);
        _byRemote.Remove(handle.Remote);
        _handles.Remove(handle.Id);
    }

    public void DetachAll()
    {
        _byRemote.Clear();
        foreach (var handle in _handles.Values)
        {
            handle.Detach();
            Settle(handle);
        }
    }
}
