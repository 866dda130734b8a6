using Checkpoint.Actors.Map;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// Writes between two steps, where this host orders and no other host holds or is getting a replica: an update is stable as soon as it is
/// ordered, so none of log, waiters and messages is needed. Only writes within the sections' present sizes, about which nobody is to be told:
/// they need no room, and an answer is all that comes of them. The next step shares what they made before it does anything else.
/// </summary>
internal sealed class InPlaceWrites(MachineContext context, ViewKeeper keeper, Replicas replicas, ViewStart recovery)
{
    private readonly List<Replica> _written = [];

    /// <param name="now">Monotonic nanoseconds of this host.</param>
    /// <param name="wall">Nanoseconds since 1970 UTC.</param>
    /// <returns>False for everything that is not plain success; then nothing was done.</returns>
    public bool TryWrite(IncarnationId incarnation, ReadOnlySpan<WriteRequest.Element> elements, bool isOverwrite, long now, long wall)
    {
        if (!recovery.IsStarted || !keeper.HasLeaseAt(now) || replicas.Find(incarnation) is not { Table: { } table } replica)
            return false;
        if (!IsAlone(replica) || !table.CanWriteInPlace(elements, isOverwrite))
            return false;
        replica.Mark = replica.Log.Pass();
        if (table.WriteInPlace(elements, replica.Mark, wall))
            _written.Add(replica);
        return true;
    }

    /// <summary>At the beginning of each step.</summary>
    public void Share()
    {
        foreach (var replica in _written)
        {
            List<SectionMapProtocol.PageChange> pages = [];
            replica.Table!.ShareWritten(pages);
            context.Out(new MachineOutput.Map(
                new SectionMapProtocol.PagesChanged(replica.Id, replica.State.Attributes, replica.Mark, pages)));
        }

        _written.Clear();
    }

    /// <summary>An empty log says that nothing is pending, deleted or waited for; nothing outgoing, that no session's order is passed by.</summary>
    private static bool IsAlone(Replica replica) =>
        replica is { IsFull: true, LacksActive: false, Log.IsEmpty: true, Outgoing.Count: 0, Trackers.Count: 0 }
        && replica.Orderer is { CanOrder: true, Peers.Count: 0 };
}
