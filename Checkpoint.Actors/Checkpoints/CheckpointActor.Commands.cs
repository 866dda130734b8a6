using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Checkpoints.CheckpointEvents;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>What callers ask for. Each ends in exactly one reply, after the journal and, where it says so, after the replicas.</summary>
public sealed partial class CheckpointActor
{
    private void Execute(CheckpointProtocol.ICommand command)
    {
        if (_state.Requests.Count >= RequestMemory.CountMax && command.IsRepeated
            && command is not (CheckpointProtocol.Close or CheckpointProtocol.Describe or CheckpointProtocol.Ping))
        {
            _state = _state.Forget(WallNow);
            if (_state.Requests.Count >= RequestMemory.CountMax)
            {
                Refuse(AisStatus.TryAgain, $"{_state.Requests.Count} requests of this name may still be repeated; the limit is {RequestMemory.CountMax}");
                return;
            }
        }

        switch (command)
        {
            case CheckpointProtocol.Open open:
                Execute(open);
                break;
            case CheckpointProtocol.Close close:
                Execute(close);
                break;
            case CheckpointProtocol.Unlink unlink:
                Decided(_state.Decide(unlink), record => Record(record.Events, AisStatus.Timeout, Done, ifRefused: AisStatus.TryAgain));
                break;
            case CheckpointProtocol.SetRetention set:
                Decided(_state.Decide(set), record => Record(record.Events, AisStatus.Timeout, () => TellRetention(set), ifRefused: AisStatus.TryAgain));
                break;
            case CheckpointProtocol.SetActive set:
                Decided(_state.Decide(set), record => Switch(set, record));
                break;
            case CheckpointProtocol.Describe:
                Describe();
                break;
            case CheckpointProtocol.Ping:
                RequestRecheck();
                Done();
                break;
            default:
                throw new InvalidOperationException($"no rule executes {command.GetType().Name}");
        }
    }

    private void Decided(CheckpointDecision decision, Action<CheckpointDecision.Record> then)
    {
        if (decision is CheckpointDecision.Refuse refuse)
            Refuse(refuse.Status, refuse.Reason);
        else
            then((CheckpointDecision.Record)decision);
    }

    private void Done()
    {
        Reply(n => new CheckpointProtocol.Done(n));
        Finish();
    }

    private void Execute(CheckpointProtocol.Open open)
    {
        var key = OpenerKey.Of(open.Opener);
        _inFlight.Remove(key);
        if (_closed.Contains(key))
            Refuse(AisStatus.TryAgain, "this open was closed before it came here");
        else if (!_viewHosts.Contains(open.Opener.Host))
            Refuse(AisStatus.TryAgain, $"{open.Opener.Host} is not in view {_viewNumber}");
        else if (_state.Lives.Values.FirstOrDefault(life => life.Openers.ContainsKey(key)) is { } joined)
            Opened(joined.Id, open.Opener); // Asked again: the first answer was lost on its way.
        else
            Decided(open, open.Reattach is { } incarnation ? _state.WithoutPlaceOf(incarnation, open.Opener, _lostAt.ContainsKey) : _state);
    }

    /// <param name="vacated">The state without the lost opener whose place a re-attaching client takes.</param>
    private void Decided(CheckpointProtocol.Open open, CheckpointState vacated)
    {
        switch (vacated.Decide(open))
        {
            case CheckpointDecision.Refuse refuse:
                Refuse(refuse.Status, refuse.Reason);
                break;
            case CheckpointDecision.Create create:
                Create(open, create.Attributes);
                break;
            case CheckpointDecision.Join join:
                Join(open, join);
                break;
        }
    }

    /// <summary>Journal, then replicas, then the reply. What did not reach the replicas is deleted again, in the same order.</summary>
    private void Create(CheckpointProtocol.Open open, CreationAttributes attributes)
    {
        var created = new Created(_newIncarnation(), attributes, WallNow, open.Origin);
        Record([created], AisStatus.TryAgain, () =>
        {
            _state = _state.Join(created.Incarnation, open.Opener);
            AskBy(
                open.Deadline,
                (n, deadline) => new ReplicaAgentProtocol.Create(
                    n, created.Incarnation, open.Name, attributes, open.Opener.Host, created.CreationTime, deadline),
                (status, reason) =>
                {
                    if (status == AisStatus.Ok)
                        Opened(created.Incarnation, open.Opener);
                    else
                        Record([new Deleted(created.Incarnation, DeletionReason.NotCreated)], AisStatus.Timeout, () => NotOpened(open, status, reason));
                });
        });
    }

    private void Join(CheckpointProtocol.Open open, CheckpointDecision.Join join)
    {
        if (!join.AddReplica)
            Open();
        else
            AskBy(
                open.Deadline,
                (n, deadline) => new ReplicaAgentProtocol.AddReplica(n, join.Life.Id, open.Opener.Host, deadline),
                (status, reason) =>
                {
                    if (status == AisStatus.Ok)
                        Open();
                    else
                        NotOpened(open, status, reason);
                });

        void Open() => Record(join.StopRetention ? [new OpenedFirst(join.Life.Id)] : [], AisStatus.TryAgain, () =>
        {
            if (open.Reattach is { } incarnation)
                _state = _state.WithoutPlaceOf(incarnation, open.Opener, _lostAt.ContainsKey);
            _state = _state.Join(join.Life.Id, open.Opener);
            Opened(join.Life.Id, open.Opener);
        });
    }

    /// <summary>
    /// Whatever the replicas did, the opener is not counted and a creation is taken back: TRY_AGAIN, unless the caller's time is up.
    /// NOT_EXIST from the replicas means that the view changed meanwhile; what exists in the new one the next try will see.
    /// </summary>
    private void NotOpened(CheckpointProtocol.Open open, AisStatus status, string reason) =>
        Refuse(
            status switch
            {
                AisStatus.Timeout when open.Deadline <= WallNow => AisStatus.Timeout,
                AisStatus.Timeout or AisStatus.NotExist or AisStatus.Unavailable => AisStatus.TryAgain,
                _ => status,
            },
            reason);

    private void Opened(IncarnationId incarnation, CheckpointProtocol.Opener opener)
    {
        var life = _state.Lives[incarnation];
        Reply(n => new CheckpointProtocol.Opened(n, incarnation, life.Attributes));
        if (!_viewHosts.Contains(opener.Host))
            Lost(opener.Host); // The view changed while it was opened.
        Finish();
    }

    private void Execute(CheckpointProtocol.Close close)
    {
        var key = OpenerKey.Of(close.Opener);
        _inFlight.Remove(key);
        _closed.Add(key);
        Depart(CheckpointRules.Leaves(close), WallNow, Done, close.Origin);
    }

    /// <summary>Those openers leave; for the last ones the journal knows it first.</summary>
    private void Depart(Func<CheckpointProtocol.Opener, bool> leaves, long time, Action then, RequestOrigin? by = null) =>
        Record(_state.DecideLeave(leaves, time, by).Events, AisStatus.Timeout, () =>
        {
            _state = _state.Leave(leaves, time);
            then();
        }, ifRefused: AisStatus.TryAgain);

    /// <summary>Retention counts by the journal; the replicas only show the duration. A failure is TIMEOUT: the journal has it already.</summary>
    private void TellRetention(CheckpointProtocol.SetRetention set) =>
        AskBy(
            set.Deadline,
            (n, deadline) => new ReplicaAgentProtocol.SetRetention(n, set.Incarnation, set.Duration, deadline),
            (status, reason) =>
            {
                if (status == AisStatus.Ok)
                {
                    Done();
                    return;
                }

                _errands.SetRetention(set.Incarnation);
                Refuse(status == AisStatus.NotExist ? status : AisStatus.Timeout, reason);
            });

    private void Switch(CheckpointProtocol.SetActive set, CheckpointDecision.Record record) =>
        AskBy(
            set.Deadline,
            (n, deadline) => new ReplicaAgentProtocol.SetActive(n, set.Incarnation, set.Host, deadline),
            (status, reason) =>
            {
                if (status == AisStatus.Ok)
                    Record(record.Events, AisStatus.Timeout, Done);
                else
                    Refuse(status == AisStatus.Unavailable ? AisStatus.TryAgain : status, reason);
            });

    private void Describe()
    {
        if (_state.Linked is { } life)
            Reply(n => new CheckpointProtocol.Described(
                n, life.Id, life.CreationTime, life.Attributes, life.RetentionDuration, [.. life.Openers.Values]));
        else
            Reply(n => new CheckpointProtocol.Refused(n, AisStatus.NotExist, $"no checkpoint {_name}"));
        Finish();
    }
}
