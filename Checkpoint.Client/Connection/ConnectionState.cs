using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>
/// The pure half of a client's connection: which calls are where, what a lost host means for each, when to go elsewhere. No clock, no
/// actor: <c>now</c> is a parameter in nanoseconds of a clock that never goes back, and what is to be done comes out in <c>effects</c>.
/// <code>
///   Joining --Welcome--> Connected --Farewell--> Leaving --answered or patience over--> Joining (another host)
///      ^                     `--silence, broken link--> Joining: what was sent ends in TIMEOUT and is never sent again
///      `--no Welcome in time: the next attempt
/// </code>
/// A call is sent at most once, in one session. What was not sent waits for the next session, in its order, inside its deadline.
/// </summary>
internal sealed class ConnectionState(ConnectionTimes times, int waitingCallsMax)
{
    private readonly HandleTable _handles = new();
    private readonly DeadlineTable<Call> _deadlines = new();
    private readonly Dictionary<ulong, PendingRequest> _pending = [];
    private Queue<Call> _ready = new();
    private List<Call> _refusedByLeaver = [];
    private Phase _phase = Phase.Joining;
    private SessionProtocol.Welcome? _welcome;
    private string _whyNotConnected = "no host was asked yet";
    private long _phaseSince;
    private long _lastHeard;
    private long _lastTick;
    private long _nextBeat;
    private ulong _lastBeat;
    private ulong _lastRequest;
    private int _attempt;
    private int _tries;
    private HostId? _lostHost;
    private bool _isToldToGo;

    private enum Phase
    {
        Joining,
        Connected,
        Leaving,
        Closed,
    }

    /// <summary>Grows by one with each session.</summary>
    public int Generation { get; private set; }

    /// <summary>Calls that have no answer yet.</summary>
    public int Unanswered => _deadlines.Count;

    /// <summary>The host of the present session, or null.</summary>
    public HostId? Host => _phase is Phase.Connected or Phase.Leaving ? _welcome?.Host : null;

    public string HostName => Host is null ? "" : _welcome!.HostName;

    public void Start(long now, List<ConnectionEffect> effects) => Join(null, now, effects);

    public void Submit(Call call, long now, List<ConnectionEffect> effects)
    {
        if (_phase == Phase.Closed)
            call.Answer(Refusal(AisStatus.BadHandle, "the client was disposed of"));
        else if (_deadlines.Count >= waitingCallsMax + OutstandingMax)
            call.Answer(Refusal(AisStatus.TryAgain, $"{_deadlines.Count} calls are already unanswered, at most {waitingCallsMax + OutstandingMax}"));
        else if (call.Handle == 0)
            Enqueue(_ready, call, now, effects);
        else if (_handles.Find(call.Handle) is not { } handle)
            call.Answer(Refusal(AisStatus.BadHandle, "the handle is closed, or its checkpoint no longer exists"));
        else if (handle.Phase == HandlePhase.Detached && call.Command is SessionProtocol.Close)
            CloseDetached(handle, call, effects);
        else
            Enqueue(handle.Phase == HandlePhase.Attached ? _ready : handle.Waiting, call, now, effects);
    }

    /// <summary>The application no longer waits. What was sent may still be done.</summary>
    public void Cancel(Call call) => End(call, Refusal(AisStatus.Interrupt, "cancelled"));

    /// <returns>False when this attempt is not the present one: nobody will use that session.</returns>
    public bool Welcomed(int attempt, SessionProtocol.Welcome welcome, long now, List<ConnectionEffect> effects)
    {
        if (_phase != Phase.Joining || attempt != _attempt)
            return false;

        _phase = Phase.Connected;
        _phaseSince = now;
        _welcome = welcome;
        _isToldToGo = false;
        _lastHeard = now;
        _nextBeat = now;
        Generation++;
        effects.Add(new ConnectionEffect.StatusChanged(ConnectionStatus.Connected, welcome.HostName, $"session {welcome.Session} on {welcome.Host}"));
        Flush(now, effects);
        return true;
    }

    /// <summary>A host answered an attempt to join with a farewell; the next attempt comes when this one's time is over.</summary>
    public void Refused(int attempt, SessionProtocol.Farewell farewell)
    {
        if (_phase == Phase.Joining && attempt == _attempt)
            _whyNotConnected = $"refused: {farewell.Status}, {farewell.Reason}";
    }

    public void Receive(SessionProtocol.IMessage message, long now, List<ConnectionEffect> effects)
    {
        if (Host is null)
            return;
        _lastHeard = now;
        switch (message)
        {
            case SessionProtocol.Answer answer:
                OnAnswer(answer, now, effects);
                break;
            case SessionProtocol.Changed changed when _handles.FindRemote(changed.Handle) is { } handle:
                effects.Add(new ConnectionEffect.Push(handle.Id, changed with { Handle = handle.Id }));
                break;
            case SessionProtocol.Gap gap when _handles.FindRemote(gap.Handle) is { } handle:
                effects.Add(new ConnectionEffect.Push(handle.Id, gap with { Handle = handle.Id }));
                break;
            case SessionProtocol.Heartbeat { IsAnswer: false } beat:
                effects.Add(new ConnectionEffect.Send(beat with { IsAnswer = true }));
                break;
            case SessionProtocol.Farewell { Status: AisStatus.TryAgain } farewell:
                _isToldToGo = true;
                Leave($"{HostName} said farewell: {farewell.Reason}", now, effects);
                break;
            case SessionProtocol.Farewell farewell:
                Lost($"{HostName} ended the session: {farewell.Status}, {farewell.Reason}", now, effects);
                break;
        }
    }

    /// <summary>The link to the present session's host is broken: what was sent has an unknown fate, and nothing more comes.</summary>
    public void Lost(string reason, long now, List<ConnectionEffect> effects)
    {
        if (Host is not { } host)
            return;

        var wasToldToGo = _isToldToGo;
        EndSession($"the connection to {HostName} was lost ({reason})");
        effects.Add(new ConnectionEffect.Leave(reason, SaysFarewell: wasToldToGo));
        effects.Add(new ConnectionEffect.StatusChanged(ConnectionStatus.Joining, "", reason));
        _whyNotConnected = reason;
        Join(host, now, effects);
    }

    public void Tick(long now, List<ConnectionEffect> effects)
    {
        foreach (var call in _deadlines.TakeDue(now))
            Expire(call);

        // When this process itself stood still, what the host sent meanwhile is still in the mailbox behind this tick.
        if (now - _lastTick > SilenceMax / 2)
            _lastHeard = Math.Max(_lastHeard, now - (SilenceMax / 2));
        _lastTick = now;

        if (_phase == Phase.Joining && now - _phaseSince >= JoinPatience)
            Join(_lostHost, now, effects);
        else if (Host is not null && now - _lastHeard >= SilenceMax)
            Lost($"nothing heard for {(now - _lastHeard) / AisTime.NanosecondsPerMillisecond} ms", now, effects);
        else if (_phase == Phase.Leaving && (_pending.Count == 0 || now - _phaseSince >= ConnectionTimes.LeaveTimeout))
            Lost(_whyNotConnected, now, effects);

        if (Host is null)
            return;
        if (now >= _nextBeat)
        {
            effects.Add(new ConnectionEffect.Send(new SessionProtocol.Heartbeat(++_lastBeat, false)));
            _nextBeat = now + Math.Min(_welcome!.HeartbeatInterval, SilenceMax / 3);
        }

        Flush(now, effects);
    }

    /// <summary>The reader of a handle's changes has gone.</summary>
    public void StopTracking(ulong id)
    {
        if (_handles.Find(id) is not { } handle)
            return;
        handle.IsTracked = false;
        handle.IsTrackConfirmed = false;
        _handles.Settle(handle);
    }

    /// <summary>The reader of a handle's changes has consumed so many messages.</summary>
    public void GiveCredit(ulong id, int events, List<ConnectionEffect> effects)
    {
        if (_handles.Find(id) is { Phase: HandlePhase.Attached } handle)
            effects.Add(new ConnectionEffect.Send(new SessionProtocol.ChangeCredit(handle.Remote, events)));
    }

    public void Close(string why, List<ConnectionEffect> effects)
    {
        if (_phase == Phase.Closed)
            return;
        var hadSession = Host is not null;
        EndSession(why);
        foreach (var handle in _handles.All.ToList())
            Forget(handle, AisStatus.BadHandle, why, effects);
        foreach (var call in _ready)
            End(call, Refusal(AisStatus.BadHandle, why));
        _phase = Phase.Closed;
        if (hadSession)
            effects.Add(new ConnectionEffect.Leave(why, SaysFarewell: true));
        effects.Add(new ConnectionEffect.StatusChanged(ConnectionStatus.Closed, "", why));
    }

    private int OutstandingMax => _welcome?.OutstandingMax ?? 0;

    private long SilenceMax => Math.Min(times.SilenceMax, _welcome?.SilenceMax ?? long.MaxValue);

    private static SessionProtocol.Answer Refusal(AisStatus status, string reason) => new(0, status, reason);

    /// <summary>
    /// Short at first: a contact that answers may stand before a host that hangs, and the next attempt may find another. Longer each
    /// time, since on a slow machine an attempt needs time too.
    /// </summary>
    private long JoinPatience => Math.Min(times.JoinTimeout, ConnectionTimes.FirstJoinTimeout << Math.Min(_tries - 1, 10));

    private void Join(HostId? lost, long now, List<ConnectionEffect> effects)
    {
        _tries = _phase == Phase.Joining ? _tries + 1 : 1;
        _phase = Phase.Joining;
        _phaseSince = now;
        _lostHost = lost;
        // The lost one may be the only one that is left, or back again.
        effects.Add(new ConnectionEffect.Join(++_attempt, _tries % 3 == 0 ? null : lost, AskAll: _tries > 1));
    }

    /// <summary>Sends nothing more, but lets the host answer what it has: a graceful stop costs no caller an error.</summary>
    private void Leave(string reason, long now, List<ConnectionEffect> effects)
    {
        if (_phase != Phase.Connected)
            return;
        _phase = Phase.Leaving;
        _phaseSince = now;
        _whyNotConnected = reason;
        if (_pending.Count == 0)
            Lost(reason, now, effects);
    }

    private void Enqueue(Queue<Call> queue, Call call, long now, List<ConnectionEffect> effects)
    {
        if (call.Generation != 0 && call.Generation != Generation)
        {
            call.Answer(Refusal(AisStatus.TryAgain, "the connection moved to another host, and the iteration ended with the session: begin it again"));
            return;
        }

        _deadlines.Add(call, call.Deadline);
        queue.Enqueue(call);
        if (_phase == Phase.Connected && _pending.Count < OutstandingMax)
            Flush(now, effects);
    }

    /// <summary>Sends what may be sent: first what makes handles usable, then calls in their order.</summary>
    private void Flush(long now, List<ConnectionEffect> effects)
    {
        if (_phase != Phase.Connected)
            return;

        if (_handles.Unsettled.Count > 0)
            foreach (var handle in _handles.Unsettled.Where(handle => handle.OwnRequestAt <= now).ToList())
                SendOwn(handle, now, effects);

        while (_pending.Count < OutstandingMax && _ready.TryDequeue(out var call))
            if (!call.IsAnswered)
                SendCall(call, now, effects);
    }

    private void SendCall(Call call, long now, List<ConnectionEffect> effects)
    {
        var command = call.Command;
        if (call.Handle != 0)
        {
            if (_handles.Find(call.Handle) is not { } handle)
            {
                End(call, Refusal(AisStatus.BadHandle, "the handle was closed"));
                return;
            }

            command = HandleMapping.With(command, handle.Remote);
        }

        if (call.Deadline <= now)
        {
            Expire(call);
            return;
        }

        call.SentIn = Generation;
        call.RequestId = ++_lastRequest;
        _pending.Add(call.RequestId, new PendingRequest(call.Command, call, null));
        effects.Add(new ConnectionEffect.Send(new SessionProtocol.Request(call.RequestId, call.Deadline - now, command)));
    }

    private void SendOwn(OpenHandle handle, long now, List<ConnectionEffect> effects)
    {
        if (_pending.Count >= OutstandingMax)
            return;
        var command = handle.NextStep();
        handle.OwnRequest = ++_lastRequest;
        handle.OwnRequestAt = now + ConnectionTimes.OwnRequestTimeout + ConnectionTimes.RetryPause;
        _pending.Add(handle.OwnRequest, new PendingRequest(command, null, handle));
        effects.Add(new ConnectionEffect.Send(
            new SessionProtocol.Request(handle.OwnRequest, ConnectionTimes.OwnRequestTimeout, command)));
    }

    private void OnAnswer(SessionProtocol.Answer answer, long now, List<ConnectionEffect> effects)
    {
        if (!_pending.Remove(answer.Id, out var pending))
            return;

        if (pending.Call is { IsAnswered: false } call)
            OnAnswerToCall(call, answer, effects);
        else if (pending.Handle is { } handle && handle.OwnRequest == answer.Id && handle.Phase != HandlePhase.Gone)
            OnAnswerToOwn(handle, pending.Command, answer, now, effects);
        else
            GiveBack(answer, now, effects);

        if (answer.Status == AisStatus.Unavailable && now - _phaseSince >= ConnectionTimes.UnavailablePatience)
            Leave($"{HostName} is unavailable: {answer.Reason}", now, effects);
        if (_phase == Phase.Leaving && _pending.Count == 0)
            Lost(_whyNotConnected, now, effects);
        else
            Flush(now, effects);
    }

    private void OnAnswerToCall(Call call, SessionProtocol.Answer answer, List<ConnectionEffect> effects)
    {
        if (_phase == Phase.Leaving && answer.Status == AisStatus.TryAgain && call.Generation == 0)
        {
            // Certainly not done, and the host that refused it is going: the next session does it.
            call.SentIn = 0;
            _refusedByLeaver.Add(call);
            return;
        }

        var about = _handles.Find(call.Handle);
        switch (call.Command)
        {
            case SessionProtocol.Open open when answer.Body is SessionProtocol.Opened opened:
                answer = answer with { Body = opened with { Handle = _handles.Add(open, opened).Id } };
                break;
            case SessionProtocol.Close when about is not null && answer.Status is AisStatus.Ok or AisStatus.BadHandle:
                Forget(about!, AisStatus.BadHandle, "the handle was closed", effects);
                break;
            case SessionProtocol.Track track when about is not null && answer.Status == AisStatus.Ok:
                about.IsTracked = track.On;
                about.IsTrackConfirmed = track.On;
                _handles.Settle(about);
                break;
        }

        Executed(call, answer);
    }

    private void OnAnswerToOwn(
        OpenHandle handle, SessionProtocol.Command command, SessionProtocol.Answer answer, long now, List<ConnectionEffect> effects)
    {
        handle.OwnRequest = 0;
        handle.OwnRequestAt = now + ConnectionTimes.RetryPause;
        switch (answer.Status)
        {
            case AisStatus.Ok when answer.Body is SessionProtocol.Opened opened:
                handle.OwnRequestAt = 0;
                _handles.Attach(handle, opened.Handle);
                while (handle.Waiting.TryDequeue(out var call))
                    _ready.Enqueue(call);
                break;
            case AisStatus.Ok when command is SessionProtocol.Track:
                handle.IsTrackConfirmed = true;
                _handles.Settle(handle);
                // Only now: what changes from here on is told, so reading after the gap misses nothing.
                effects.Add(new ConnectionEffect.Push(handle.Id, new SessionProtocol.Gap(handle.Id, 0)));
                break;
            case AisStatus.TryAgain or AisStatus.Timeout or AisStatus.Unavailable or AisStatus.NoResources or AisStatus.NoMemory or AisStatus.Busy:
                break;
            default:
                Forget(handle, AisStatus.BadHandle, $"{handle.Name} could not be attached again: {answer.Status}, {answer.Reason}", effects);
                break;
        }
    }

    /// <summary>Nobody waits for this any more: what it opened has no owner and is given back.</summary>
    private void GiveBack(SessionProtocol.Answer answer, long now, List<ConnectionEffect> effects)
    {
        SessionProtocol.Command? release = answer.Body switch
        {
            SessionProtocol.Opened opened => new SessionProtocol.Close(opened.Handle),
            SessionProtocol.IterationOpened opened => new SessionProtocol.IterationFinalize(opened.Iteration),
            _ => null,
        };
        if (release is null)
            return;
        _pending.Add(++_lastRequest, new PendingRequest(release, null, null));
        effects.Add(new ConnectionEffect.Send(new SessionProtocol.Request(_lastRequest, ConnectionTimes.OwnRequestTimeout, release)));
    }

    private void CloseDetached(OpenHandle handle, Call call, List<ConnectionEffect> effects)
    {
        // No session of ours holds it: the last one closes all its opens as it ends. An attempt to attach that is on its way is given back.
        Forget(handle, AisStatus.BadHandle, "the handle was closed", effects);
        call.Answer(new SessionProtocol.Answer(0, AisStatus.Ok));
    }

    private void Forget(OpenHandle handle, AisStatus status, string reason, List<ConnectionEffect> effects)
    {
        _handles.Remove(handle);
        while (handle.Waiting.TryDequeue(out var call))
            End(call, Refusal(status, reason));
        effects.Add(new ConnectionEffect.EndOfChanges(handle.Id, status, reason));
    }

    private void EndSession(string why)
    {
        foreach (var pending in _pending.Values)
            if (pending.Call is { } call)
                Executed(call, Refusal(AisStatus.Timeout, $"{why}; it may have been done"));
        _pending.Clear();

        var unsent = _refusedByLeaver.OrderBy(call => call.RequestId).Concat(_ready).Where(call => !call.IsAnswered).ToList();
        _refusedByLeaver = [];
        _ready = new Queue<Call>();
        _handles.DetachAll();
        foreach (var call in unsent)
        {
            if (call.Generation != 0)
                End(call, Refusal(AisStatus.TryAgain, $"{why}, and the iteration with it: begin it again"));
            else if (call.Handle == 0)
                _ready.Enqueue(call);
            else if (_handles.Find(call.Handle) is not { } handle)
                End(call, Refusal(AisStatus.BadHandle, "the handle was closed"));
            else if (call.RequestId != 0 && call.RequestId < handle.LastExecuted)
                End(call, Refusal(AisStatus.TryAgain, $"{why}, and a later call on the same handle was done already"));
            else
                handle.Waiting.Enqueue(call);
        }
    }

    private void Expire(Call call) => End(call, call.SentIn == 0
        ? Refusal(AisStatus.TryAgain, $"it was not sent before its deadline: {WhyNotSent(call)}")
        : Refusal(AisStatus.Timeout, "no answer before the deadline; it may have been done"));

    private string WhyNotSent(Call call) =>
        _phase != Phase.Connected ? $"not connected, {_whyNotConnected}"
        : _handles.Find(call.Handle)?.Phase == HandlePhase.Detached ? "its checkpoint is being attached again"
        : $"{_pending.Count} requests are on their way, at most {OutstandingMax}";

    /// <summary>Remembers how far a handle's calls went, so that none of them is put behind one that was made after it.</summary>
    private void Executed(Call call, SessionProtocol.Answer answer)
    {
        if (answer.Status != AisStatus.TryAgain && _handles.Find(call.Handle) is { } handle)
            handle.LastExecuted = Math.Max(handle.LastExecuted, call.RequestId);
        End(call, answer);
    }

    private void End(Call call, SessionProtocol.Answer answer)
    {
        if (call.IsAnswered)
            return;
        _deadlines.Remove(call, call.Deadline);
        call.Answer(answer);
    }
}
