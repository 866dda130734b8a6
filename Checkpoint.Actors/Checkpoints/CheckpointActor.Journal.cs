using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Persistence;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Checkpoints.CheckpointEvents;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>How the entity writes its journal and keeps it short, asks its agent, and hears its timers.</summary>
public sealed partial class CheckpointActor
{
    /// <summary>
    /// Nanoseconds. A change of view on a stalled SQLite journal takes some 3 s; a caller with more time left is told TRY_AGAIN and
    /// comes again.
    /// </summary>
    private const long AgentCallMax = 10 * AisTime.NanosecondsPerSecond;

    private void Apply(IEvent e)
    {
        _state = _state.Apply(e);
        _rows++;
    }

    /// <summary>All of it is in the journal and applied, then the work goes on.</summary>
    /// <param name="ifLost">
    /// What the caller is told when the journal does not confirm: TRY_AGAIN where the caller's wish is then not fulfilled whatever
    /// the journal has, else TIMEOUT.
    /// </param>
    /// <param name="ifRefused">
    /// The same when it is sure that the journal has nothing: <paramref name="ifLost"/>, but TRY_AGAIN where nothing else was done before.
    /// </param>
    private void Record(IReadOnlyList<IEvent> events, AisStatus ifLost, Action then, AisStatus? ifRefused = null)
    {
        if (events.Count == 0)
        {
            then();
            return;
        }

        (_ifJournalLost, _ifJournalRefused) = (ifLost, ifRefused ?? ifLost);
        var left = events.Count;
        PersistAll(events, e =>
        {
            Apply(e);
            OnRecorded(e);
            if (--left == 0)
                then();
        });
    }

    private void OnRecorded(IEvent e)
    {
        switch (e)
        {
            case Deleted { Reason: DeletionReason.Lost } lost:
                _errands.Forget(lost.Incarnation);
                _orphanedAt.Remove(lost.Incarnation);
                break;
            case Deleted deleted:
                _errands.Delete(deleted.Incarnation);
                _orphanedAt.Remove(deleted.Incarnation);
                break;
            case Unlinked unlinked:
                _errands.MarkUnlinked(unlinked.Incarnation);
                break;
        }

        // What an operator looks for; opens and closes come by the thousand.
        if (e is Created or Unlinked or Deleted or ActiveNamed)
            _logger.Info("{0} view {1} term {2}: {3}", _name, _viewNumber, _state.Term, e);
        else
            _logger.Debug("{0} view {1} term {2}: {3}", _name, _viewNumber, _state.Term, e);
    }

    /// <summary>One question to the agent at a time. Null when it stayed silent.</summary>
    private void Ask(Func<ulong, ReplicaAgentProtocol.ICommand> command, TimeSpan patience, Action<ReplicaAgentProtocol.IReply?> then)
    {
        var number = ++_number;
        _asked = (number, then);
        _node.Agent.Tell(command(number));
        _timers.Set(Alarm.Silent, patience);
    }

    /// <summary>As <see cref="Ask"/>, with the deadline of the command under way, but not without end: others wait behind it.</summary>
    private void AskBy(long deadline, Func<ulong, long, ReplicaAgentProtocol.ICommand> command, Action<AisStatus, string> then)
    {
        var left = AisTime.ToTimeSpan(Math.Clamp(deadline - WallNow, 0, AgentCallMax));
        Ask(n => command(n, Monotonic(left)), left + _options.AgentPatience, reply =>
            then(reply?.Status ?? AisStatus.Timeout, reply is null ? "the agent is silent" : reply.Reason ?? reply.Status.ToString()));
    }

    private long Monotonic(TimeSpan fromNow) =>
        _node.Clock.GetTimestamp() + AisTime.FromTimeSpan(fromNow);

    private void OnAgentReply(ReplicaAgentProtocol.IReply reply)
    {
        if (_asked is { } asked && asked.Number == reply.Number)
        {
            _asked = null;
            _timers.Cancel(Alarm.Silent);
            asked.Then(reply);
        }
        else if (_errands.Take(reply) && _errands.IsEmpty)
        {
            _timers.Cancel(Alarm.Errands);
            Pump();
        }
    }

    private void SendErrands(bool again)
    {
        if (_errands.IsEmpty)
            return;
        foreach (var command in _errands.Due(_state, again, Monotonic(_options.AgentPatience), () => ++_number))
            _node.Agent.Tell(command);
        if (!_timers.IsSet(Alarm.Errands))
            _timers.Set(Alarm.Errands, _options.AgentPatience + _options.RetryInterval);
    }

    private void OnAlarm(Alarm alarm)
    {
        _timers.Cancel(alarm);
        switch (alarm)
        {
            case { Kind: AlarmKind.Silent } when _asked is { } asked:
                _asked = null;
                asked.Then(null);
                break;
            case { Kind: AlarmKind.Errands }:
                SendErrands(again: true);
                break;
            case { Kind: AlarmKind.Start } when _phase == Phase.Starting:
                AskWhatLives();
                break;
            case { Kind: AlarmKind.RollCall }:
                CallMissing();
                break;
            case { Kind: AlarmKind.Recheck } when _phase == Phase.Ready:
                Enqueue(Recheck);
                break;
            case { Kind: AlarmKind.Retention } when _phase == Phase.Ready:
                Enqueue(EndRetentions);
                break;
            case { Kind: AlarmKind.Orphans } when _phase == Phase.Ready:
                Enqueue(CloseOrphans);
                break;
            case { Kind: AlarmKind.HostLost, Host: { } host } when _phase == Phase.Ready:
                Enqueue(() => CloseLost(host));
                break;
            case { Kind: AlarmKind.HostLost } when _phase == Phase.Starting:
                _timers.Set(alarm, _options.RetryInterval); // Closed once every host has said who has it open.
                break;
            case { Kind: AlarmKind.HostLost, Host: { } host }:
                _lostAt.Remove(host); // Nothing is here that it could have had open.
                break;
            case { Kind: AlarmKind.Linger }:
                _lingered = true;
                Pump();
                break;
        }
    }

    private void Enqueue(Action work)
    {
        _internal.Enqueue(work);
        Pump();
    }

    /// <summary>Nothing to do: the next retention, a shorter journal, or the end.</summary>
    private void OnIdle()
    {
        if (!_state.IsAbsent)
        {
            _lingered = false;
            SetRetentionAlarm();
            if (_rows > _options.JournalRowsMax && !_deletingRows)
                Enqueue(() => Record([_state.Forget(WallNow).Keep()], AisStatus.TryAgain, () =>
                {
                    DeleteRows(LastSequenceNr - 1);
                    _rows = 1;
                    Finish();
                }));
        }
        else if (!_lingered)
        {
            SetLinger(_options.AbsentLinger);
        }
        else if (_state.Requests.Until > WallNow)
        {
            SetLinger(AisTime.ToTimeSpan(_state.Requests.Until - WallNow) + TimeSpan.FromTicks(1)); // The rows that go would take along what was done.
        }
        else if (_errands.IsEmpty && !_deletingRows && !_passivating)
        {
            End();
        }
    }

    private void SetLinger(TimeSpan due)
    {
        if (!_timers.IsSet(Alarm.Linger))
            _timers.Set(Alarm.Linger, due);
    }

    /// <summary>Through the shard, which holds back what comes until this run is gone; then the next command starts another.</summary>
    private void End()
    {
        if (LastSequenceNr > _rowsDeletedTo && _rows > 0)
        {
            _phase = Phase.Dormant; // The rows that go hold the name and the term: whatever comes now needs them anew.
            _rows = 0;
            DeleteRows(LastSequenceNr);
            return;
        }

        _passivating = true;
        Context.Parent.Tell(new Passivate(StopWhenIdle.Instance));
    }

    private void DeleteRows(long to)
    {
        _deletingRows = true;
        _rowsDeletedTo = to;
        DeleteMessages(to);
    }

    private void OnRowsDeleted()
    {
        _deletingRows = false;
        Pump();
    }

    /// <summary>They are more to read at the next start, no more; the next attempt takes them along.</summary>
    private void OnRowsNotDeleted(DeleteMessagesFailure failure)
    {
        _logger.Warning("{0}: rows up to {1} stay in the journal: {2}", _name, failure.ToSequenceNr, failure.Cause.Message);
        OnRowsDeleted();
    }

    private enum AlarmKind
    {
        Silent,
        Errands,
        Start,
        RollCall,
        Recheck,
        Retention,
        Orphans,
        HostLost,
        Linger,
    }

    private sealed record Alarm(AlarmKind Kind, HostId? Host = null)
    {
        public static readonly Alarm Silent = new(AlarmKind.Silent);
        public static readonly Alarm Errands = new(AlarmKind.Errands);
        public static readonly Alarm Start = new(AlarmKind.Start);
        public static readonly Alarm RollCall = new(AlarmKind.RollCall);
        public static readonly Alarm Recheck = new(AlarmKind.Recheck);
        public static readonly Alarm Retention = new(AlarmKind.Retention);
        public static readonly Alarm Orphans = new(AlarmKind.Orphans);
        public static readonly Alarm Linger = new(AlarmKind.Linger);
    }
}
