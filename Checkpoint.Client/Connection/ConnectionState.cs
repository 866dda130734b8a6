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
internal sealed partial class ConnectionState(ConnectionTimes times, int waitingCallsMax)
{
    private const string NoAnswer = "no contact point has answered";

    private readonly HandleTable _handles = new();
    private readonly DeadlineTable<Call> _deadlines = new();
    private readonly Dictionary<ulong, PendingRequest> _pending = [];
    private Queue<Call> _ready = new();
    private List<Call> _refusedByLeaver = [];
    private Phase _phase = Phase.Joining;
    private SessionProtocol.Welcome? _welcome;
    private string _whyNotConnected = NoAnswer;
    private AisStatus _refusal = AisStatus.Ok;
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

    /// <summary>Why there is no connection, for whoever waits for one; and the status of the last refusal, Ok when there was none.</summary>
    public (AisStatus Refusal, string Why) Trouble => (_refusal, _whyNotConnected);

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

        _refusal = AisStatus.Ok;
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
            (_refusal, _whyNotConnected) = (farewell.Status, $"refused: {farewell.Status}, {farewell.Reason}");
    }

    /// <summary>A contact's machine could not be reached, or what is there does not speak as we do. A refusal by a host says more, and stays.</summary>
    /// <param name="cause">Null: its connection ended, which says less than a cause that is known for this address.</param>
    public void Unreachable(string address, string? cause)
    {
        if (_phase == Phase.Joining && _refusal == AisStatus.Ok && (cause is not null || !_whyNotConnected.Contains(address, StringComparison.Ordinal)))
            _whyNotConnected = $"{NoAnswer} (last: {address}, {cause ?? "the connection was closed by the other side"})";
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
}
