using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>The orderer's host: orders control updates, and hands orderers over.</summary>
internal sealed class ControlExecutor(MachineContext context, ViewKeeper keeper, Replicas replicas, ViewStart recovery, Quota quota)
{
    private readonly Dictionary<(IncarnationId Incarnation, long Sequence), List<PendingControl>> _handOvers = [];

    private readonly Dictionary<IncarnationId, List<PendingControl>> _deletions = [];

    /// <summary>A new incarnation is ordered here.</summary>
    public Action<Replica> Created { get; set; } = _ => { };

    /// <returns>True when it is attached to an update that is to become stable, or answered; false when it has to be tried again, or elsewhere.</returns>
    public bool Run(PendingControl control)
    {
        if (!recovery.IsStarted || !keeper.HasLease)
            return false;
        if (replicas.Find(control.Incarnation) is not { } replica)
            return control.Body is ControlBody.Create create && Create(control, create.State);
        if (replica.Orderer is not { IsCurrent: true } orderer)
            return false;
        switch (control.Body)
        {
            case ControlBody.Create:
                return Attach(control, replica);
            case ControlBody.Delete:
                return Delete(control, replica, orderer);
            case ControlBody.SetRetention set:
                return set.Duration == replica.State.RetentionDuration
                    ? Attach(control, replica)
                    : Order(control, replica, orderer, new LogBody.Retention(set.Duration));
            case ControlBody.MarkUnlinked:
                return replica.State.Unlinked ? Attach(control, replica) : Order(control, replica, orderer, new LogBody.Unlinked());
            case ControlBody.AddReplica add:
                return !replica.IsCollocated || replica.State.Replicas.Contains(add.Host)
                    ? Attach(control, replica)
                    : Order(control, replica, orderer, new LogBody.ReplicaAdded(add.Host));
            case ControlBody.SetActive set:
                return SetActive(control, replica, orderer, set.To);
            default:
                throw new InvalidOperationException($"No rule executes {control.Body.GetType().Name}.");
        }
    }

    /// <summary>Gives an orderer away (drain). False when nobody else is full, or it is closing already.</summary>
    public bool HandOver(Replica replica, HostId to, bool makesActive)
    {
        if (replica.Orderer is not { CanOrder: true } orderer || !replica.FullHosts.Contains(to))
            return false;
        orderer.Order(new LogBody.HandOver(to, makesActive));
        orderer.Settle();
        return true;
    }

    public void OnHandOverConfirmed(IncarnationId incarnation, long sequence)
    {
        if (!_handOvers.Remove((incarnation, sequence), out var controls))
            return;
        foreach (var control in controls)
            control.Answer(AisStatus.Ok);
    }

    public void OnDropConfirmed(IncarnationId incarnation)
    {
        if (!_deletions.Remove(incarnation, out var controls))
            return;
        foreach (var control in controls)
            control.Answer(AisStatus.Ok);
    }

    public void OnAdopted()
    {
        _handOvers.Clear();
        _deletions.Clear();
    }

    /// <summary>Answered when no host shows it any more, which is a little later than stable.</summary>
    private bool Delete(PendingControl control, Replica replica, Orderer orderer)
    {
        if (!replica.IsDeleted && !orderer.CanOrder)
            return false;
        if (!_deletions.TryGetValue(replica.Id, out var controls))
            _deletions.Add(replica.Id, controls = []);
        controls.Add(control);
        (control.IsAttached, control.WasTried) = (true, true);
        if (!replica.IsDeleted)
            orderer.Order(new LogBody.Deleted());
        orderer.Settle();
        return true;
    }

    private bool SetActive(PendingControl control, Replica replica, Orderer orderer, HostId to)
    {
        var isActive = replica.OrdererHost == to && (!replica.IsCollocated || replica.IsSynchronous || replica.State.Active == to);
        if (isActive && !orderer.IsClosing)
            return Attach(control, replica);
        if (!replica.FullHosts.Contains(to) || !keeper.Current!.Contains(to) || (!replica.IsSetAside && orderer.Aside.IsKnownAt(to)))
        {
            control.Answer(AisStatus.NotExist, $"{to} has no full replica");
            return true;
        }

        if (!orderer.CanOrder)
            return false;
        (control.IsAttached, control.WasTried) = (true, true);
        var entry = orderer.Order(new LogBody.HandOver(to, MakesActive: true));
        _handOvers.Add((replica.Id, entry.Sequence), [control]);
        orderer.Settle();
        return true;
    }

    private bool Create(PendingControl control, IncarnationState state)
    {
        if (replicas.Dropped.Contains(state.Incarnation))
        {
            control.Answer(AisStatus.NotExist, $"incarnation {state.Incarnation} was deleted");
            return true;
        }

        if (state.NamedOrderer != context.Self)
            return false;
        if (replicas.All.Count >= context.Options.IncarnationsMax)
        {
            control.Answer(AisStatus.NoResources, $"this host holds {replicas.All.Count} checkpoints, which is its limit");
            return true;
        }

        if (quota.WithoutMemory() is { } reason)
        {
            control.Answer(AisStatus.NoMemory, reason);
            return true;
        }

        var replica = replicas.Create(state, keeper.Current!.Hosts);
        if (replica.IsSetAside)
        {
            replicas.Drop(replica, isForGood: false);
            control.Answer(AisStatus.Library, $"{state.Name} cannot be held by {context.Self}: its log says why");
            return true;
        }

        replica.Orderer = new Orderer(
            context, replicas, replica, keeper.Number, keeper.Current!.Hosts.Select(host => new FullHost(host, 0)), null, markKnown: 0);
        Order(control, replica, replica.Orderer, new LogBody.Created(state));
        Created(replica);
        return true;
    }

    private bool Order(PendingControl control, Replica replica, Orderer orderer, LogBody body)
    {
        if (!orderer.CanOrder)
            return false;
        orderer.Order(body);
        Attach(control, replica);
        orderer.Settle();
        return true;
    }

    /// <summary>Answered when everything in the log is stable.</summary>
    private bool Attach(PendingControl control, Replica replica)
    {
        if (replica.Mark >= replica.Log.End)
        {
            control.Answer(AisStatus.Ok);
            return true;
        }

        (control.IsAttached, control.WasTried) = (true, true);
        replica.Waiters.Enqueue(new(replica.Log.End, new ActionOutcome(
            () => control.Answer(AisStatus.Ok),
            _ => control.IsAttached = false)));
        return true;
    }
}
