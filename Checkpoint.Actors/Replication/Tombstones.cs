using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// What was dropped for good: late messages must not bring it back, and a new view must hear of it. A tombstone is forgotten after
/// <see cref="MachineOptions.TombstoneTime"/>, so that deletions without end leave nothing behind in a view that lasts.
/// </summary>
internal sealed class Tombstones(MachineContext context)
{
    private readonly HashSet<IncarnationId> _ids = [];
    private readonly Queue<(IncarnationId Id, long At)> _byAge = new();

    public int Count => _ids.Count;

    public bool Contains(IncarnationId id) => _ids.Contains(id);

    public void Add(IncarnationId id)
    {
        if (_ids.Add(id))
            _byAge.Enqueue((id, context.Now));
    }

    public void Reset(IEnumerable<IncarnationId> ids)
    {
        _ids.Clear();
        _byAge.Clear();
        foreach (var id in ids)
            Add(id);
    }

    public void ForgetOld()
    {
        while (_byAge.TryPeek(out var oldest) && context.Now - oldest.At >= context.Options.TombstoneTime)
            _ids.Remove(_byAge.Dequeue().Id);
    }

    public IncarnationId[] ToArray() => [.. _ids.Order()];
}
