using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// Which opens this host's sessions have, those in flight included: what a roll call is answered from. Sessions write before they ask an
/// entity, the registry reads; any thread.
/// </summary>
public sealed class OpenerDirectory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CheckpointName, Dictionary<(SessionId Session, ulong Handle), SessionRegistryProtocol.OpenPresent>> _names = [];
    private readonly Dictionary<SessionId, int> _counts = [];

    public void Set(CheckpointName name, SessionRegistryProtocol.OpenPresent open)
    {
        lock (_gate)
        {
            if (!_names.TryGetValue(name, out var opens))
                _names.Add(name, opens = []);
            var key = (open.Opener.Session, open.Opener.Handle);
            if (!opens.ContainsKey(key))
                _counts[open.Opener.Session] = _counts.GetValueOrDefault(open.Opener.Session) + 1;
            opens[key] = open;
        }
    }

    public void Remove(CheckpointName name, CheckpointProtocol.Opener opener)
    {
        lock (_gate)
        {
            if (!_names.TryGetValue(name, out var opens) || !opens.Remove((opener.Session, opener.Handle)))
                return;
            if (opens.Count == 0)
                _names.Remove(name);
            if (--_counts[opener.Session] == 0)
                _counts.Remove(opener.Session);
        }
    }

    public IReadOnlyList<SessionRegistryProtocol.OpenPresent> Of(CheckpointName name)
    {
        lock (_gate)
            return _names.TryGetValue(name, out var opens) ? [.. opens.Values] : [];
    }

    public int CountOf(SessionId session)
    {
        lock (_gate)
            return _counts.GetValueOrDefault(session);
    }

    /// <summary>Takes out what a session left behind.</summary>
    public IReadOnlyList<(CheckpointName Name, SessionRegistryProtocol.OpenPresent Open)> Take(SessionId session)
    {
        lock (_gate)
        {
            if (!_counts.ContainsKey(session))
                return [];
            var left = _names.SelectMany(entry => entry.Value.Values
                .Where(open => open.Opener.Session == session)
                .Select(open => (entry.Key, open))).ToList();
            foreach (var (name, open) in left)
                Remove(name, open.Opener);
            return left;
        }
    }
}
