using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// A cursor over the ids that matched at Initialize: each is handed out once; descriptors are asked for at Next (ais-ckpt 2.8).
/// </summary>
internal sealed class SectionIteration(ulong id, OpenHandle handle, IReadOnlyList<SectionId> ids)
{
    private readonly Stack<IReadOnlyList<SectionId>> _returned = new();
    private int _next;

    public ulong Id => id;

    public OpenHandle Handle => handle;

    public int IdCount => ids.Count;

    public bool IsAtEnd => _next == ids.Count && _returned.Count == 0;

    /// <summary>The next ids, at least one unless at the end.</summary>
    public IReadOnlyList<SectionId> Take(int countMax, int idBytesMax)
    {
        if (_returned.TryPop(out var again))
            return again;
        var taken = new List<SectionId>(Math.Min(countMax, ids.Count - _next));
        var bytes = 0;
        while (_next < ids.Count && taken.Count < countMax && (taken.Count == 0 || bytes + ids[_next].Length <= idBytesMax))
        {
            bytes += ids[_next].Length;
            taken.Add(ids[_next++]);
        }

        return taken;
    }

    /// <summary>Their descriptors could not be had: the next Next takes them again.</summary>
    public void PutBack(IReadOnlyList<SectionId> taken)
    {
        if (taken.Count > 0)
            _returned.Push(taken);
    }
}
