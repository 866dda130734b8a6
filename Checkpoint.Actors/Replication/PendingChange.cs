using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

internal enum ChangeStage
{
    /// <summary>Was sent to nobody: TRY_AGAIN is honest.</summary>
    Held,

    /// <summary>On its way to another host.</summary>
    Sent,

    /// <summary>Was on its way when the view changed: that host is asked what became of it.</summary>
    Asked,

    /// <summary>In an orderer's log; its answer comes when it is stable.</summary>
    Ordered,

    Answered,
}

/// <summary>A change of one of this host's sessions, until it is answered.</summary>
/// <param name="order">Rises from one change of the incarnation to the next.</param>
internal sealed class PendingChange(ReplicaAgentProtocol.Change command, object caller, ulong order, long deadline, long heldUntil)
{
    public ReplicaAgentProtocol.Change Command { get; } = command;

    public object Caller { get; } = caller;

    public ulong Order { get; } = order;

    public long Deadline { get; } = deadline;

    public long HeldUntil { get; } = heldUntil;

    public ChangeStage Stage { get; set; }

    /// <summary>The id under which it was sent; a new one at each sending.</summary>
    public ulong Id { get; set; }

    public HostId? SentTo { get; set; }

    /// <summary>Answers once; later ones are ignored.</summary>
    public void Answer(MachineContext context, ContentResult result)
    {
        if (Stage == ChangeStage.Answered)
            return;
        Stage = ChangeStage.Answered;
        context.Reply(Caller, new ReplicaAgentProtocol.Changed(Command.Number, result));
    }
}

/// <summary>The changes of this host's sessions for one incarnation, in the order in which they were asked for.</summary>
internal sealed class OutgoingChanges
{
    /// <summary>Not sent, by rising order.</summary>
    public LinkedList<PendingChange> Held { get; } = new();

    public PumpTurn Turn { get; } = new();

    /// <summary>Sent or asked for, by id. While there are some of an earlier tenure nothing goes to a later one: order first.</summary>
    public Dictionary<ulong, PendingChange> Sent { get; } = [];

    /// <summary>In an orderer's log elsewhere, by id: answered when stable there.</summary>
    public Dictionary<ulong, PendingChange> Ordered { get; } = [];

    /// <summary>The view and tenure to which <see cref="Sent"/> went.</summary>
    public (long View, long Tenure) SentUnder { get; set; }

    /// <summary>The view and tenure whose orderer takes nothing more: what is held waits for the next.</summary>
    public (long View, long Tenure)? ClosedUnder { get; set; }

    public int Count => Held.Count + Sent.Count + Ordered.Count;

    /// <summary>Back among those not sent, each at its place: what comes back was asked for before all that was never sent, so the places are near the front.</summary>
    public void Hold(IEnumerable<PendingChange> changes)
    {
        var node = Held.First;
        foreach (var change in changes.OrderBy(change => change.Order))
        {
            change.Stage = ChangeStage.Held;
            while (node is not null && node.Value.Order < change.Order)
                node = node.Next;
            if (node is null)
                Held.AddLast(change);
            else
                Held.AddBefore(node, change);
        }
    }
}
