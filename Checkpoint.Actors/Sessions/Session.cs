using Akka.Actor;
using Akka.Event;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// One client process: the thin half of <see cref="SessionState"/>. It talks to the client by its link, to the host's ReplicaAgent and to the
/// entities by messages with number and deadline, and gives the state the time.
/// <code>
///   Serving --client lost, silent, or farewell--> Closing --entities have every close--> stopped
///      `-- left out, host leaves: farewell --> stopped
/// </code>
/// </summary>
public sealed class Session : ReceiveActor
{
    /// <summary>Between two looks at deadlines and retries while there is any.</summary>
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(20);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly SessionSetup _setup;
    private readonly SessionState _state;
    private readonly List<SessionEffect> _effects = [];
    private readonly SessionRoom _room;
    private readonly RequestRoom _requests;
    private readonly ParcelAssembler _assembler;
    private readonly ITimer _timer;
    private IClientLink? _link;
    private long _lastHeard;
    private bool _isTicking;

    public Session(SessionSetup setup)
    {
        _setup = setup;
        _link = setup.Link;
        var self = Self;
        _room = new SessionRoom(setup.Node.Transit, setup.Settings.Limits, reason => self.Tell(new SessionRegistry.NotMoving(reason)));
        _requests = new RequestRoom(_room.Requests);
        _state = new SessionState(setup.Id, setup.Node.Self, setup.Rules, setup.Settings.Limits, _room);
        _assembler = new ParcelAssembler(setup.Settings.Limits.InFlightBytesMax, room: _requests);
        _timer = setup.Node.Clock.CreateTimer(_ => self.Tell(Tick.Instance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        Receive<SessionProtocol.IMessage>(OnClient);
        Receive<ReplicaAgentProtocol.IReply>(reply => Step(now => _state.Receive(reply, now, _effects)));
        Receive<CheckpointProtocol.IReply>(reply => Step(now => _state.Receive(reply, now, _effects)));
        Receive<ReplicaAgentProtocol.Update>(update => Step(_ => _state.Receive(update, _effects)));
        Receive<ReplicaAgentProtocol.Gone>(gone => Step(_ => _state.Receive(gone, _effects)));
        Receive<Parcel>(OnPiece);
        Receive<SessionRegistry.RequestRefused>(refused => Step(_ => _state.Refuse(refused.RequestId, NoMemory(refused.Reason), _effects)));
        Receive<SessionRegistry.ClientLost>(lost => End(lost.Reason));
        Receive<SessionRegistry.NotMoving>(OnNotMoving);
        Receive<ReplicaAgentProtocol.LeftOut>(OnLeftOut);
        Receive<SessionRegistry.LeaveNow>(OnLeave);
        Receive<SessionRegistry.CloseThese>(orphans => Step(now => _state.Adopt(orphans.Opens, now, _effects)));
        Receive<Administration.Done>(done => Step(now => _state.Administered(done.Number, done.Status, done.Reason, done.Body, now, _effects)));
        Receive<Tick>(_ => OnTick());
    }

    public static Props Props(SessionSetup setup) => Akka.Actor.Props.Create(() => new Session(setup));

    protected override void PreStart()
    {
        _lastHeard = _setup.Node.Clock.GetTimestamp();
        Context.System.EventStream.Subscribe(Self, typeof(ReplicaAgentProtocol.LeftOut));
        _link?.Opened(Self, _room);
        if (_setup.Welcome is { } welcome)
            _link?.Send(welcome);
        Rearm();
    }

    protected override void PostStop()
    {
        _timer.Dispose();
        _link?.Direct?.Close();
        _link?.Close();
        _room.Close();
    }

    private static Refusal NoMemory(string reason) => new(AisStatus.NoMemory, reason);

    private void OnClient(SessionProtocol.IMessage message)
    {
        if (!IsFromClient())
            return;
        if (message is SessionProtocol.Heartbeat beat && _link is RemoteClientLink remote)
            remote.Confirmed(beat);
        Take(message);
    }

    private void OnPiece(Parcel piece)
    {
        if (!IsFromClient())
            return;
        try
        {
            var outcome = _assembler.Add(piece);
            if (outcome.Message is { } whole)
                Take(_requests.Keep(SessionCodec.Read(whole), outcome.Reserved));
            else if (outcome.RefusedHead is { } head && SessionCodec.RequestIdOf(head) is { } id)
                Step(_ => _state.Refuse(id, NoMemory(_requests.Refused(_assembler.BytesMax)), _effects));
        }
        catch (WireFormatException wrong)
        {
            CutOff(wrong);
        }
    }

    private void Take(SessionProtocol.IMessage message)
    {
        try
        {
            Step(now => _state.Receive(message, now, _effects));
        }
        catch (WireFormatException wrong)
        {
            CutOff(wrong);
        }
    }

    /// <summary>Whoever sends a cluster client's session its first message is the client.</summary>
    private bool IsFromClient()
    {
        if (_setup.Link is null)
        {
            if (_link is null && !Sender.IsNobody())
                _link = new RemoteClientLink(Sender, Self, _room.Answers);
            if (_link is not RemoteClientLink remote || !remote.Client.Equals(Sender))
                return false; // A stranger's word does not keep a silent client alive.
        }

        _lastHeard = _setup.Node.Clock.GetTimestamp();
        return true;
    }

    private void CutOff(WireFormatException wrong)
    {
        _log.Warning("Session {0}: {1}; the client is cut off.", _setup.Id, wrong.Message);
        _link?.Send(new SessionProtocol.Farewell(AisStatus.InvalidParam, wrong.Message));
        End(wrong.Message);
    }

    /// <summary>Said farewell to it is not: it would stand behind all that the client does not take.</summary>
    private void OnNotMoving(SessionRegistry.NotMoving idle)
    {
        _log.Warning("Session {0}: the client is cut off: {1}.", _setup.Id, idle.Reason);
        _link?.Abort();
        End(idle.Reason);
    }

    private void OnLeftOut(ReplicaAgentProtocol.LeftOut left)
    {
        _link?.Direct?.Close();
        Step(_ => _state.LeftOut(left.Reason, _effects));
    }

    private void OnLeave(SessionRegistry.LeaveNow leave)
    {
        _link?.Direct?.Close();
        Step(now => _state.Leave(_setup.Link is null, leave.IsForGood, now, _effects));
    }

    private void End(string reason)
    {
        _link?.Direct?.Close();
        if (_state.IsEnded)
            return;
        _log.Info("Session {0} ends: {1}. It had {2} handles.", _setup.Id, reason, _state.HandleCount);
        Step(now => _state.End(now, _effects));
        _link?.Close();
        _room.Close();
    }

    private void OnTick()
    {
        _isTicking = false;
        var silence = _setup.Node.Clock.GetTimestamp() - _lastHeard;
        if (_setup.Link is null && !_state.IsEnded && silence > AisTime.FromTimeSpan(_setup.Settings.Limits.SilenceMax))
            End($"nothing heard from the client for {AisTime.ToTimeSpan(silence).TotalSeconds:0.0} s");
        Step(now => _state.Tick(now, _effects));
    }

    private void Step(Action<SessionNow> step)
    {
        step(new SessionNow(_setup.Node.Clock.GetTimestamp(), AisTime.Now(_setup.Node.Clock)));
        for (var i = 0; i < _effects.Count; i++)
            Perform(_effects[i]);
        _effects.Clear();
        Rearm();

        // Reads stop at half of it; who asks on without taking the answers is no client to keep.
        if (!_state.IsEnded && _link?.QueuedBytes > 2 * _setup.Settings.Limits.InFlightBytesMax)
            End($"the client does not take its answers: {_link.QueuedBytes} bytes wait");
    }

    private void Perform(SessionEffect effect)
    {
        switch (effect)
        {
            case SessionEffect.ToClient send:
                if (_setup.Link is null && send.Message is SessionProtocol.Answer answer)
                    _requests.Answered(answer.Id);
                _link?.Send(send.Message);
                break;
            case SessionEffect.ToAgent ask:
                _setup.Node.Agent.Tell(ask.Command, Self);
                break;
            case SessionEffect.ToEntity ask:
                _setup.Node.Checkpoints.Tell(ask.Command with { Asker = _setup.Id }, Self);
                break;
            case SessionEffect.Present present:
                _setup.Openers.Set(present.Name, present.Open);
                if (present.Open is { Incarnation: var incarnation, Opener: var opener } && incarnation != default)
                    _link?.Direct?.Add(opener.Handle, incarnation, opener.Flags);
                break;
            case SessionEffect.Absent absent:
                _setup.Openers.Remove(absent.Name, absent.Opener);
                _link?.Direct?.Remove(absent.Opener.Handle);
                break;
            case SessionEffect.Administer order:
                Context.ActorOf(Administration.Props(_setup, order, Self));
                break;
            case SessionEffect.Finished finished:
                if (finished.KeepsOpens)
                    _setup.Registry.Tell(new SessionRegistry.KeepsOpens(), Self);
                Context.Stop(Self);
                break;
            default:
                throw new InvalidOperationException($"nobody performs {effect.GetType().Name}");
        }
    }

    private void Rearm()
    {
        if (_isTicking)
            return;
        if (_state.NeedsTicks)
            Arm(TickInterval);
        else if (_setup.Link is null && !_state.IsEnded)
            Arm(_setup.Settings.Limits.HeartbeatInterval);
    }

    private void Arm(TimeSpan after)
    {
        _isTicking = true;
        _timer.Change(after, Timeout.InfiniteTimeSpan);
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
