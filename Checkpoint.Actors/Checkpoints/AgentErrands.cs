using Checkpoint.Protocol;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// What the journal says already and the replicas still have to be told: each errand is sent again until the agent confirms it.
/// Pure bookkeeping; all errands are idempotent.
/// </summary>
internal sealed class AgentErrands
{
    /// <summary>A deletion is confirmed when it is stable; this host drops the replica some milliseconds later and still lists it.</summary>
    private const int ConfirmedMax = 64;

    private readonly Dictionary<Errand, ulong?> _open = [];
    private readonly Queue<IncarnationId> _confirmed = [];

    private enum Kind
    {
        Delete,
        MarkUnlinked,
        SetRetention,
    }

    public bool IsEmpty => _open.Count == 0;

    /// <summary>Deleted in the journal, not yet or only just by the replicas: not to be taken for unknown.</summary>
    public IReadOnlySet<IncarnationId> BeingDeleted =>
        _open.Keys.Where(errand => errand.Kind == Kind.Delete).Select(errand => errand.Incarnation).Concat(_confirmed).ToHashSet();

    /// <summary>Nothing else is to be told about an incarnation that goes.</summary>
    public void Delete(IncarnationId incarnation)
    {
        Forget(incarnation);
        _open.TryAdd(new Errand(Kind.Delete, incarnation), null);
    }

    public void MarkUnlinked(IncarnationId incarnation) => _open[new Errand(Kind.MarkUnlinked, incarnation)] = null;

    /// <summary>The duration is looked up when it is sent: the latest one counts.</summary>
    public void SetRetention(IncarnationId incarnation) => _open[new Errand(Kind.SetRetention, incarnation)] = null;

    /// <summary>No replica is left that could be told.</summary>
    public void Forget(IncarnationId incarnation)
    {
        foreach (var errand in _open.Keys.Where(errand => errand.Incarnation == incarnation && errand.Kind != Kind.Delete).ToList())
            _open.Remove(errand);
    }

    /// <summary>The commands to send: those never sent, and with <paramref name="again"/> those without a confirmation too.</summary>
    /// <param name="deadline">Of each command, in the agent's monotonic time.</param>
    public List<ICommand> Due(CheckpointState state, bool again, long deadline, Func<ulong> number)
    {
        List<ICommand> due = [];
        foreach (var errand in _open.Where(entry => again || entry.Value is null).Select(entry => entry.Key).ToList())
        {
            var life = state.Lives.GetValueOrDefault(errand.Incarnation);
            if (errand.Kind != Kind.Delete && life is null)
            {
                _open.Remove(errand);
                continue;
            }

            var n = number();
            _open[errand] = n;
            due.Add(errand.Kind switch
            {
                Kind.Delete => new Delete(n, errand.Incarnation, deadline),
                Kind.MarkUnlinked => new MarkUnlinked(n, errand.Incarnation, deadline),
                _ => new SetRetention(n, errand.Incarnation, life!.RetentionDuration, deadline),
            });
        }

        return due;
    }

    /// <summary>False when the reply is no errand's. Anything but Ok and NOT_EXIST leaves the errand for the next round.</summary>
    public bool Take(IReply reply)
    {
        foreach (var (errand, number) in _open)
        {
            if (number != reply.Number)
                continue;
            if (reply.Status is AisStatus.Ok or AisStatus.NotExist)
                Confirm(errand);
            return true;
        }

        return false;
    }

    private void Confirm(Errand errand)
    {
        _open.Remove(errand);
        if (errand.Kind != Kind.Delete)
            return;
        _confirmed.Enqueue(errand.Incarnation);
        if (_confirmed.Count > ConfirmedMax)
            _confirmed.Dequeue();
    }

    private readonly record struct Errand(Kind Kind, IncarnationId Incarnation);
}
