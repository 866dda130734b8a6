using Checkpoint.Actors.Diagnostics;
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
    private readonly List<(Replica Replica, string Why)> _failed = [];

    /// <param name="now">Monotonic nanoseconds of this host.</param>
    /// <param name="wall">Nanoseconds since 1970 UTC.</param>
    /// <returns>False for everything that is not plain success; then nothing was done.</returns>
    public bool TryWrite(IncarnationId incarnation, ReadOnlySpan<WriteRequest.Element> elements, bool isOverwrite, long now, long wall)
    {
        if (!recovery.IsStarted || !keeper.HasLeaseAt(now) || replicas.Find(incarnation) is not { Table: { } table } replica)
            return false;
        if (!IsAlone(replica) || !CanWrite(table, elements, isOverwrite))
            return false;
        replica.Mark = replica.Log.Pass();
        try
        {
            context.Options.ContentFault?.Invoke(ContentStep.InPlace, replica.Name, null);
            if (table.WriteInPlace(elements, replica.Mark, wall))
                _written.Add(replica);
            return true;
        }
        catch (Exception e) when (e is not Content.BrokenOrderException)
        {
            // Half written, and no log has it: nobody sees it, and the agent, which is asked next, answers LIBRARY.
            replica.SetAside(replica.Mark);
            _failed.Add((replica, SetAsideText.Of(e)));
            return false;
        }
    }

    /// <summary>At the beginning of each step.</summary>
    public void Share()
    {
        foreach (var replica in _written)
            if (!replica.IsSetAside)
                Share(replica);
        _written.Clear();
        foreach (var (replica, why) in _failed)
            replicas.TellSetAside(replica, why);
        _failed.Clear();
    }

    private void Share(Replica replica)
    {
        try
        {
            List<SectionMapProtocol.PageChange> pages = [];
            replica.Table!.ShareWritten(pages);
            context.Out(new MachineOutput.Map(
                new SectionMapProtocol.PagesChanged(replica.Id, replica.State.Attributes, replica.Mark, pages)));
        }
        catch (Exception e)
        {
            replicas.SetAside(replica, replica.Mark, SetAsideText.Of(e));
        }
    }

    private static bool CanWrite(Content.SectionTable table, ReadOnlySpan<WriteRequest.Element> elements, bool isOverwrite)
    {
        try
        {
            return table.CanWriteInPlace(elements, isOverwrite);
        }
        catch (Exception)
        {
            return false; // Nothing has changed. The agent's check will throw too, and say of what.
        }
    }

    /// <summary>An empty log says that nothing is pending, deleted or waited for; nothing outgoing, that no session's order is passed by.</summary>
    private static bool IsAlone(Replica replica) =>
        replica is { IsFull: true, LacksActive: false, Log.IsEmpty: true, Job: null, Outgoing.Count: 0, Trackers.Count: 0 }
        && replica.Orderer is { CanOrder: true, Peers.Count: 0 };
}
