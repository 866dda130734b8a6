using Checkpoint.Actors.Content;

namespace Checkpoint.Actors.Replication;

/// <summary>The orderer's side of filling one newcomer: a frozen table in pieces, a window of them on their way.</summary>
internal sealed class FillSource(long id, TableSnapshot snapshot, bool isSetAside)
{
    public long Id { get; } = id;

    public TableSnapshot Snapshot { get; } = snapshot;

    /// <summary>There is no content to fill it with: the newcomer sets its copy aside, and no piece follows.</summary>
    public bool IsSetAside { get; } = isSetAside;

    /// <summary>The newcomer has answered the beginning, so it keeps updates now.</summary>
    public bool IsAccepted { get; set; }

    public PumpTurn Turn { get; } = new();

    /// <summary>Pieces that are there.</summary>
    public int Acked { get; set; }

    /// <summary>Pieces that were sent.</summary>
    public int Sent { get; set; }

    /// <summary>The newcomer has made its table.</summary>
    public bool IsComplete { get; set; }

    public long ResendAt { get; set; }
}
