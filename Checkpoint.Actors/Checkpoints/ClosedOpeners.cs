namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// The openers that closed lately. Messages of a session and of its registry overtake each other: an Open that arrives after its Close
/// was given up, and a roll call's answer may be older than the Close. Bounded by dropping the oldest, which are too old to be overtaken.
/// </summary>
internal sealed class ClosedOpeners
{
    /// <summary>At 10,000 closes of one name a second, the rest of 100 ms; 32 KiB an entity at the most.</summary>
    private const int CountMax = 1024;

    private readonly Queue<OpenerKey> _order = [];
    private readonly HashSet<OpenerKey> _closed = [];

    public void Add(OpenerKey opener)
    {
        if (!_closed.Add(opener))
            return;
        _order.Enqueue(opener);
        if (_order.Count > CountMax)
            _closed.Remove(_order.Dequeue());
    }

    public bool Contains(OpenerKey opener) => _closed.Contains(opener);
}
