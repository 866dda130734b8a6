using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// A cursor over the ids that matched at Initialize: each is handed out once; descriptors are asked for at Next (ais-ckpt 2.8).
/// </summary>
/// <param name="room">What the ids hold of the client's room; given back with the iteration.</param>
internal sealed class SectionIteration(ulong id, OpenHandle handle, IReadOnlyList<SectionId> ids, Reservation? room)
{
    private readonly Stack<SectionId> _returned = new();
    private int _next;

    public ulong Id => id;

    public OpenHandle Handle => handle;

    public Reservation? Room => room;

    public int IdCount => ids.Count;

    public bool IsAtEnd => _next == ids.Count && _returned.Count == 0;

    /// <summary>The next ids, at least one unless at the end.</summary>
    public IReadOnlyList<SectionId> Take(int countMax, int idBytesMax)
    {
        var taken = new List<SectionId>(Math.Min(countMax, ids.Count - _next + _returned.Count));
        var bytes = 0;
        while (!IsAtEnd && taken.Count < countMax)
        {
            var section = _returned.TryPeek(out var again) ? again : ids[_next];
            if (taken.Count > 0 && bytes + section.Length > idBytesMax)
                break;
            if (!_returned.TryPop(out _))
                _next++;
            taken.Add(section);
            bytes += section.Length;
        }

        return taken;
    }

    /// <summary>Their descriptors could not be had: the next Next takes them again, in their order.</summary>
    public void PutBack(IReadOnlyList<SectionId> taken)
    {
        for (var i = taken.Count - 1; i >= 0; i--)
            _returned.Push(taken[i]);
    }
}
