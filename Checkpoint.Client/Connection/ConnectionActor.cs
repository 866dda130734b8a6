using Akka.Actor;
using Akka.Remote;
using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>
/// The thin half of a connection: hears the application, the Session, the clock and the broken links, asks <see cref="ConnectionState"/>
/// what follows, and does it. Should it fail, the client is closed: a second instance would know nothing of the calls and handles of the first.
/// </summary>
internal sealed class ConnectionActor : ReceiveActor
{
    /// <summary>Between two looks at deadlines and silence.</summary>
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(50);

    private readonly ConnectionSetup _setup;
    private readonly ConnectionState _state;
    private readonly ContactBook _contacts;
    private readonly Dictionary<ulong, ChangeReader> _readers = [];
    private readonly List<ConnectionEffect> _effects = [];
    private IActorRef _joiner = ActorRefs.Nobody;
    private SessionLink? _link;
    private ITimer? _timer;
    private string? _failure;

    public ConnectionActor(ConnectionSetup setup)
    {
        _setup = setup;
        _state = new ConnectionState(setup.Times, setup.WaitingCallsMax);
        _contacts = new ContactBook(setup.Contacts);

        Receive<ConnectionProtocol.Submit>(order => Step(now => _state.Submit(order.Call, now, _effects)));
        Receive<ConnectionProtocol.Tick>(_ => Step(now => _state.Tick(now, _effects)));
        Receive<ConnectionProtocol.Cancel>(order => _state.Cancel(order.Call));
        Receive<ConnectionProtocol.Subscribe>(order => _readers[order.Handle] = order.Reader);
        Receive<ConnectionProtocol.Unsubscribe>(OnUnsubscribe);
        Receive<ConnectionProtocol.Credit>(OnCredit);
        Receive<ConnectionProtocol.Contacts>(known => _contacts.Learn(known.Paths));
        Receive<ConnectionProtocol.Joined>(OnJoined);
        Receive<DisassociatedEvent>(
            broken => broken.RemoteAddress.Equals(_link?.Address),
            _ => Step(now => _state.Lost("its link broke", now, _effects)));
        Receive<DisassociatedEvent>(broken => Unreachable(broken.RemoteAddress, null));
        Receive<AssociationErrorEvent>(failed => Unreachable(failed.RemoteAddress, Causes.Of(failed.Cause)));
        Receive<ConnectionProtocol.Close>(_ =>
        {
            Step(_ => _state.Close("the client was disposed of", _effects));
            Context.Stop(Self);
        });
        ReceiveAny(OnSessionMessage);
    }

    public static Props Props(ConnectionSetup setup) => Akka.Actor.Props.Create(() => new ConnectionActor(setup));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        var self = Self;
        _timer = _setup.Clock.CreateTimer(_ => self.Tell(ConnectionProtocol.Tick.Instance), null, TickInterval, TickInterval);
        Step(now => _state.Start(now, _effects));
    }

    protected override void PostStop()
    {
        _timer?.Dispose();
        // However this ends, no caller is left without an answer.
        _effects.Clear();
        _setup.Trouble.Value = _state.Trouble;
        _state.Close(_failure ?? "the client's actor system has ended", _effects);
        Perform();
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _failure = $"the client failed: {reason}";
        PostStop();
        Context.Stop(Self);
    }

    /// <summary>The stop is on its way; nothing is started.</summary>
    protected override void PostRestart(Exception reason)
    {
    }

    private void OnJoined(ConnectionProtocol.Joined joined)
    {
        if (joined.Reply is SessionProtocol.Farewell refusal)
        {
            _state.Refused(joined.Attempt, refusal);
            _setup.Trouble.Value = _state.Trouble;
            return;
        }

        var welcome = (SessionProtocol.Welcome)joined.Reply;
        var link = new SessionLink(joined.Session, Self, _setup.AnswerBytesMax);
        var before = _link;
        _link = link;
        var used = false;
        Step(now => used = _state.Welcomed(joined.Attempt, welcome, now, _effects));
        if (used)
            return;

        link.Leave("another host serves this client already");
        _link = before;
    }

    private void OnSessionMessage(object message)
    {
        // An earlier session on the same host lives on for its patience with silence; its handles and pieces have the same numbers as ours.
        if (_link is not { } link || !link.IsFrom(Sender))
            return;

        try
        {
            if (link.Receive(message) is { } whole)
                Step(now => _state.Receive(whole, now, _effects));
        }
        catch (WireFormatException wrong)
        {
            Step(now => _state.Lost(wrong.Message, now, _effects));
        }
    }

    private void Unreachable(Address? address, string? cause)
    {
        if (address is not null)
            _state.Unreachable($"{address.Host}:{address.Port}", cause);
        _setup.Trouble.Value = _state.Trouble;
    }

    private void OnUnsubscribe(ConnectionProtocol.Unsubscribe order)
    {
        if (_readers.GetValueOrDefault(order.Handle) != order.Reader)
            return;
        _readers.Remove(order.Handle);
        _state.StopTracking(order.Handle);
    }

    private void OnCredit(ConnectionProtocol.Credit order)
    {
        _readers.GetValueOrDefault(order.Handle)?.FlushGap();
        Step(_ => _state.GiveCredit(order.Handle, order.Events, _effects));
    }

    private void Step(Action<long> step)
    {
        step(_setup.Now());
        Perform();
    }

    private void Perform()
    {
        for (var i = 0; i < _effects.Count; i++)
            Perform(_effects[i]);
        _effects.Clear();
    }

    private void Perform(ConnectionEffect effect)
    {
        switch (effect)
        {
            case ConnectionEffect.Send send:
                _link?.Send(send.Message);
                break;
            case ConnectionEffect.Push push:
                _readers.GetValueOrDefault(push.Handle)?.Offer(push.Change);
                break;
            case ConnectionEffect.EndOfChanges end:
                if (_readers.Remove(end.Handle, out var reader))
                    reader.End(new CheckpointException(end.Status, end.Reason));
                break;
            case ConnectionEffect.Leave leave:
                if (leave.SaysFarewell)
                    _link?.Leave(leave.Reason);
                _link = null;
                break;
            case ConnectionEffect.Join join:
                Join(join);
                break;
            case ConnectionEffect.StatusChanged changed:
                _setup.Told(new ConnectionChangedEventArgs(changed.Status, changed.HostName, changed.Reason));
                break;
            default:
                throw new InvalidOperationException($"nobody performs {effect.GetType().Name}");
        }
    }

    private void Join(ConnectionEffect.Join join)
    {
        Context.Stop(_joiner);
        var contacts = _contacts.Except(join.Avoid?.Address);
        _joiner = Context.ActorOf(Joiner.Props(join.Attempt, contacts, _setup.Hello, join.AskAll), $"join-{join.Attempt}");
    }
}
