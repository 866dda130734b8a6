using Akka.Actor;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Checkpoints.CheckpointEvents;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// What lives, and who has it open: the start, changes of view, the roll call, and what is due when nobody has it open any more.
/// Opens in flight hold back whatever time alone would delete; they end in an Open, in a Close, or in the next roll call.
/// </summary>
public sealed partial class CheckpointActor
{
    private readonly Dictionary<OpenerKey, HostId> _inFlight = [];
    private readonly Dictionary<HostId, long> _lostAt = [];

    /// <summary>Open in the journal, but in no session of the view when that was known, at this AIS time.</summary>
    private readonly Dictionary<IncarnationId, long> _orphanedAt = [];

    private long _viewNumber = -1;
    private IReadOnlyList<HostId> _viewHosts = [];
    private RollCallRound? _rollCall;
    private long _recheckedAt;
    private bool _lingered;
    private bool _agentAway;

    /// <summary>The term is fenced by the journal: from here on no older run of this entity writes.</summary>
    private void BeginStart()
    {
        _phase = Phase.Starting;
        _timers.Cancel(Alarm.Linger);
        _lingered = false;
        Record([new TermStarted(_name!, LastSequenceNr + 1)], AisStatus.TryAgain, AskWhatLives);
    }

    private void AskWhatLives()
    {
        _rollCall = null;
        DropExpired();
        Ask(n => new ReplicaAgentProtocol.GetLive(n, _name!), _options.AgentPatience, reply =>
        {
            if (reply is not ReplicaAgentProtocol.Live { Status: AisStatus.Ok } live)
            {
                _timers.Set(Alarm.Start, _options.RetryInterval);
                return;
            }

            Adopt(live.ViewNumber, live.Hosts);
            Record(Compare(live), AisStatus.TryAgain, () =>
            {
                SendErrands(again: false);
                if (_state.IsAbsent)
                    BecomeReady(); // No opener can be of interest.
                else
                    BeginRollCall();
            });
        });
    }

    /// <summary>Asks the agent what lives, records what does not any more, and goes on with the work under way.</summary>
    private void WithLive(Action then, Action<string> otherwise) =>
        Ask(n => new ReplicaAgentProtocol.GetLive(n, _name!), _options.AgentPatience, reply =>
        {
            _agentAway = reply is not { Status: AisStatus.Ok };
            if (reply is not ReplicaAgentProtocol.Live { Status: AisStatus.Ok } live)
                otherwise(reply?.Reason ?? "the agent is silent");
            else if (_phase == Phase.Dormant && live.Incarnations.Count > 0 && _current is { } pending)
                StartFor(pending); // Replicas of which the journal knows nothing: only a run with a term may delete them.
            else
            {
                Adopt(live.ViewNumber, live.Hosts);
                Record(Compare(live), AisStatus.TryAgain, then);
            }
        });

    private IReadOnlyList<IEvent> Compare(ReplicaAgentProtocol.Live live) =>
        _state.DecideLive(live.Incarnations, _errands.BeingDeleted).Events;

    private void OnViewServing(ReplicaAgentProtocol.ViewServing view)
    {
        if (view.ViewNumber <= _viewNumber)
            return;
        Adopt(view.ViewNumber, view.Hosts);
        if (_phase == Phase.Starting)
            AskWhatLives();
        else if (_phase == Phase.Ready)
            RequestRecheck();
    }

    private void Adopt(long viewNumber, IReadOnlyList<HostId> hosts)
    {
        if (viewNumber <= _viewNumber)
            return;
        _viewNumber = viewNumber;
        _viewHosts = hosts;
        foreach (var (key, host) in _inFlight.ToList())
            if (!hosts.Contains(host))
                _inFlight.Remove(key);
        foreach (var host in _state.Lives.Values.SelectMany(life => life.Openers.Values).Select(opener => opener.Host).ToHashSet())
            if (!hosts.Contains(host))
                Lost(host);
    }

    /// <summary>Its openers stay for the time that clients need to come back elsewhere; retention counts from now nevertheless.</summary>
    private void Lost(HostId host)
    {
        if (_lostAt.TryAdd(host, WallNow))
            _timers.Set(new Alarm(AlarmKind.HostLost, host), _options.ReattachGrace);
    }

    private void CloseLost(HostId host)
    {
        if (_lostAt.Remove(host, out var time))
            Depart(opener => opener.Host == host, time, Finish);
        else
            Finish();
    }

    private void BeginRollCall()
    {
        _rollCall = new RollCallRound(++_number, _viewHosts, _state);
        _recheckedAt = WallNow;
        CallMissing();
    }

    private void CallMissing()
    {
        if (_rollCall is not { IsComplete: false } call)
            return;
        foreach (var host in call.Missing)
            _registryOf(host).Tell(new SessionRegistryProtocol.RollCall(_name!, _state.Term, call.Number), Self);
        _timers.Set(Alarm.RollCall, _options.RetryInterval);
        DropExpired();
    }

    private void OnPresent(SessionRegistryProtocol.Present present)
    {
        if (_rollCall is not { } call || present.Term != _state.Term || !call.Take(present))
            return;
        if (call.IsComplete)
            _timers.Cancel(Alarm.RollCall);
        if (_phase == Phase.Starting)
        {
            Join(present);
            if (call.IsComplete)
                BecomeReady();
        }
        else
        {
            var gone = call.Gone(present);
            Enqueue(() => Depart(opener => gone.Contains(OpenerKey.Of(opener)), WallNow, () =>
            {
                Join(present);
                Record(_state.DecideReopened().Events, AisStatus.TryAgain, Finish);
            }));
        }
    }

    private void Join(SessionRegistryProtocol.Present present)
    {
        foreach (var (key, host) in _inFlight.ToList())
            if (host == present.Host)
                _inFlight.Remove(key);
        foreach (var (incarnation, opener) in present.Opens)
        {
            var key = OpenerKey.Of(opener);
            if (opener.Host != present.Host || _closed.Contains(key) || _state.Lives.Values.Any(life => life.Openers.ContainsKey(key)))
                continue;
            if (incarnation == default)
                _inFlight[key] = present.Host;
            else
                _state = _state.Join(incarnation, opener);
        }

        if (_inFlight.Count > 0)
            RequestRecheck();
    }

    /// <summary>Every host has answered: now retention may run and what nobody has open may go.</summary>
    private void BecomeReady()
    {
        Record(_state.DecideReopened().Events, AisStatus.TryAgain, () =>
        {
            _phase = Phase.Ready;
            var now = WallNow;
            foreach (var life in _state.Lives.Values)
            {
                if (life.Openers.IsEmpty && life.ClosedAt is null)
                    _orphanedAt.TryAdd(life.Id, now);
                if (life.Unlinked)
                    _errands.MarkUnlinked(life.Id);
                if (life.RetentionDuration != life.Attributes.RetentionDuration)
                    _errands.SetRetention(life.Id);
            }

            if (_orphanedAt.Count > 0)
                _timers.Set(Alarm.Orphans, _options.ReattachGrace);
            SendErrands(again: false);
            Pump();
        });
    }

    /// <summary>Not before the last one is old enough, and not all entities at once: a view may change often.</summary>
    private void RequestRecheck()
    {
        if (_timers.IsSet(Alarm.Recheck))
            return;
        var passed = AisTime.ToTimeSpan(Math.Max(0, WallNow - _recheckedAt));
        var spread = _options.RecheckInterval * ((uint)_name!.GetHashCode() % 256 / 1024.0);
        _timers.Set(Alarm.Recheck, spread + (passed < _options.RecheckInterval ? _options.RecheckInterval - passed : TimeSpan.Zero));
    }

    private void Recheck() => WithLive(
        () =>
        {
            if (!_state.IsAbsent)
                BeginRollCall();
            Finish();
        },
        _ =>
        {
            _timers.Set(Alarm.Recheck, _options.RetryInterval);
            Finish();
        });

    private void CloseOrphans()
    {
        if (_inFlight.Count > 0)
        {
            _timers.Set(Alarm.Orphans, _options.RetryInterval);
            Finish();
            return;
        }

        Record(_state.DecideOrphans(id => _orphanedAt.TryGetValue(id, out var time) ? time : null).Events, AisStatus.TryAgain, () =>
        {
            _orphanedAt.Clear();
            Finish();
        });
    }

    /// <summary>A retention that is due and yet there waits for opens in flight, or for the agent.</summary>
    private void SetRetentionAlarm()
    {
        var end = _state.NextRetentionEnd;
        if (end == AisTime.End || _phase != Phase.Ready)
            _timers.Cancel(Alarm.Retention);
        else if (end <= WallNow)
            _timers.Set(Alarm.Retention, _inFlight.Count > 0 || _agentAway ? _options.RetryInterval : TimeSpan.Zero);
        else
            _timers.Set(Alarm.Retention, AisTime.ToTimeSpan(end - WallNow));
    }

    private void EndRetentions() => WithLive(() => EndDue(Finish), _ => Finish());

    /// <summary>Before any command looks: an open that comes late finds nothing, even when this entity was not awake in time.</summary>
    private void EndDue(Action then) =>
        Record(_inFlight.Count > 0 ? [] : _state.DecideRetentionEnds(WallNow).Events, AisStatus.TryAgain, then);

    /// <summary>Callers gave these up; they must not keep others out of the queue.</summary>
    private void DropExpired()
    {
        var waiting = _queue.ToArray();
        _queue.Clear();
        var now = WallNow;
        foreach (var pending in waiting)
            if (pending.Command.Deadline > now)
                _queue.Enqueue(pending);
            else
                pending.Answer(new CheckpointProtocol.Refused(
                    pending.Command.Number, AisStatus.TryAgain, "the deadline passed before every host of the view had answered"));
    }
}
