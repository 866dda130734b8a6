using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// The pure half of a session: one client process's handles, iterations, trackers and requests. It touches no clock, actor
/// or I/O; what has to be done is appended to the effects. Not thread-safe.
/// <code>
///   request --checks 1-7, quotas--> refused: answered at once
///                              `--> asked --reply--> answered
///                                     `--TRY_AGAIN--> waits --backoff--> asked again ... deadline --> TRY_AGAIN (nothing applied)
///                                     `--no reply by the deadline--> TIMEOUT (unknown; an open is taken back)
///     `--no room for its bytes--> a read is held behind the client's other ones ... deadline --> NO_MEMORY
///   client gone: every handle and every open in flight is closed, until the entities have it
/// </code>
/// </summary>
public sealed partial class SessionState(SessionId id, HostId host, ProfileRules rules, SessionOptions limits, SessionRoom room)
{
    /// <summary>The service answers at the deadline itself, and knows better what came of it; only its silence is ended here.</summary>
    private const long AnswerGrace = 200 * AisTime.NanosecondsPerMillisecond;

    /// <summary>For requests that cross the farewell on their way: some round trips of a slow network.</summary>
    private const long LeavePatience = 1000 * AisTime.NanosecondsPerMillisecond;

    private readonly Dictionary<ulong, OpenHandle> _handles = [];
    private readonly Dictionary<ulong, SectionIteration> _iterations = [];
    private readonly Dictionary<ulong, PendingRequest> _asked = [];
    private readonly HashSet<PendingRequest> _pending = [];
    private readonly Dictionary<IncarnationId, ChangeLane> _lanes = [];
    private readonly HeldReads _held = new();
    private readonly ClosingTable _closings = new();
    private ulong _lastNumber;
    private ulong _lastHandle;
    private ulong _lastIteration;
    private long _lastOrder;
    private long _bytesInFlight;
    private int _iterationIds;
    private bool _isLeaving;
    private bool _farewellIsSaid;
    private bool _leavesForGood;
    private long _leaveBy;

    public int HandleCount => _handles.Count;

    /// <summary>The client is gone; only closes go on.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>A <see cref="Tick"/> is wanted soon.</summary>
    public bool NeedsTicks => _pending.Count > 0 || !_closings.IsEmpty || (_isLeaving && !IsEnded);

    /// <summary>Takes a client's message. What a client must not send is a <see cref="WireFormatException"/>: it is cut off.</summary>
    public void Receive(IMessage message, SessionNow now, List<SessionEffect> effects)
    {
        if (IsEnded)
            return;
        switch (message)
        {
            case Request request:
                Begin(request, now, effects);
                break;
            case Heartbeat { IsAnswer: false } beat:
                effects.Add(new SessionEffect.ToClient(beat with { IsAnswer = true }));
                break;
            case Heartbeat:
                break;
            case ChangeCredit credit:
                if (_handles.TryGetValue(credit.Handle, out var handle) && handle.Confirm(credit.Events, limits.ChangeEventsMax) is { } gap)
                    effects.Add(new SessionEffect.ToClient(gap));
                break;
            case Farewell when _isLeaving:
                Abandon(effects); // It goes elsewhere, as it was told to, and takes its opens with it.
                break;
            case Farewell:
                End(now, effects);
                break;
            default:
                throw new WireFormatException($"{message.GetType().Name} is no message of a client");
        }
    }

    /// <summary>A request that was too large to be taken in.</summary>
    public void Refuse(ulong requestId, Refusal refusal, List<SessionEffect> effects) =>
        effects.Add(new SessionEffect.ToClient(new Answer(requestId, refusal.Status, refusal.Reason, refusal.ErroneousIndex)));

    /// <summary>Time has passed.</summary>
    public void Tick(SessionNow now, List<SessionEffect> effects)
    {
        foreach (var pending in _pending.Where(pending => IsDue(pending, now)).ToList())
            Due(pending, now, effects);
        foreach (var lane in _lanes.Values.ToList())
            foreach (var change in lane.Resume(now.Monotonic))
                Ask(change, now, effects);
        _closings.Proceed(NextNumber, now, effects);
        if (_isLeaving && !IsEnded && _pending.Count == 0 && now.Monotonic >= _leaveBy)
            Abandon(effects);
        else
            FinishIfDone(effects);
    }

    /// <summary>The client is dead or has said farewell: everything it opened is closed, once.</summary>
    public void End(SessionNow now, List<SessionEffect> effects)
    {
        if (IsEnded)
            return;
        IsEnded = true;
        foreach (var opening in _pending.Where(pending => pending.Opener is not null))
            TakeBack(opening, effects);
        foreach (var handle in _handles.Values)
        {
            effects.Add(new SessionEffect.Absent(handle.Name, handle.Opener));
            _closings.Add(handle.Name, handle.Incarnation, handle.Opener);
        }

        foreach (var incarnation in _handles.Values.Where(handle => handle.IsTracking).Select(handle => handle.Incarnation).Distinct())
            effects.Add(new SessionEffect.ToAgent(new ReplicaAgentProtocol.Untrack(NextNumber(), incarnation)));
        Clear();
        _closings.Proceed(NextNumber, now, effects);
        FinishIfDone(effects);
    }

    /// <summary>
    /// The host is out of the view: the client is told and goes elsewhere. Nothing is closed from here; those who stayed do that, after giving
    /// the client time to come back.
    /// </summary>
    public void LeftOut(string reason, List<SessionEffect> effects)
    {
        if (!IsEnded)
            effects.Add(new SessionEffect.ToClient(new Farewell(rules.Unavailable, reason)));
        Abandon(effects);
    }

    /// <summary>
    /// The host leaves gracefully: no new requests. A client that can go elsewhere is told at once, so that it sends nothing more; what is at
    /// work is answered, and what crosses the farewell is refused, until it says farewell itself or the patience is over. A client of
    /// the local socket ends with its farewell, so it gets it when everything is answered.
    /// </summary>
    /// <param name="isForGood">An operator took the node out of the cluster: who cannot go elsewhere is told UNAVAILABLE, and does not wait for its return.</param>
    public void Leave(bool canGoElsewhere, bool isForGood, SessionNow now, List<SessionEffect> effects)
    {
        if (_isLeaving || IsEnded)
            return;
        _isLeaving = true;
        _farewellIsSaid = canGoElsewhere;
        _leavesForGood = isForGood && !canGoElsewhere;
        _leaveBy = now.Monotonic + LeavePatience;
        if (canGoElsewhere)
            effects.Add(new SessionEffect.ToClient(new Farewell(AisStatus.TryAgain, "the host leaves")));
        else if (_pending.Count == 0)
            SayFarewell(effects);
    }

    /// <summary>Opens of a session that failed: this one only closes them.</summary>
    public void Adopt(IEnumerable<(CheckpointName Name, SessionRegistryProtocol.OpenPresent Open)> opens, SessionNow now, List<SessionEffect> effects)
    {
        IsEnded = true;
        foreach (var (name, open) in opens)
            _closings.Add(name, open.Incarnation, open.Opener);
        _closings.Proceed(NextNumber, now, effects);
        FinishIfDone(effects);
    }

    private void SayFarewell(List<SessionEffect> effects)
    {
        if (!IsEnded)
            effects.Add(new SessionEffect.ToClient(new Farewell(_leavesForGood ? rules.Unavailable : AisStatus.TryAgain, "the host leaves")));
        Abandon(effects);
    }

    private void Abandon(List<SessionEffect> effects)
    {
        IsEnded = true;
        Clear();
        effects.Add(new SessionEffect.Finished(KeepsOpens: true));
    }

    private void Clear()
    {
        _handles.Clear();
        _iterations.Clear();
        _asked.Clear();
        _pending.Clear();
        _lanes.Clear();
        _held.Clear();
    }

    private void FinishIfDone(List<SessionEffect> effects)
    {
        if (IsEnded && _closings.IsEmpty)
            effects.Add(new SessionEffect.Finished());
    }

    private void TakeBack(PendingRequest opening, List<SessionEffect> effects)
    {
        effects.Add(new SessionEffect.Absent(opening.Name!, opening.Opener!));
        _closings.Add(opening.Name!, default, opening.Opener!);
    }

    private ulong NextNumber() => ++_lastNumber;
}
