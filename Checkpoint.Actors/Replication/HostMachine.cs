using Checkpoint.Actors.Map;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// The pure machine of one host: view, lease, logs, orderers, filling, requests. It touches no clock, actor or network: the same inputs
/// with the same times give the same outputs. This class only leads each input to the part that it is for. Between two inputs it can be read, and
/// written to where that concerns no other host.
/// </summary>
public sealed partial class HostMachine
{
    /// <summary>Messages of this view that came before its START, in bytes of nothing in particular: a count.</summary>
    private const int EarlyMax = 4_096;

    private readonly MachineContext _context;
    private readonly Heartbeats _heartbeats;
    private readonly ViewJournalGate _journal;
    private readonly ViewKeeper _keeper;
    private readonly ViewProposer _proposer;
    private readonly Replicas _replicas;
    private readonly Repeats _repeats;
    private readonly Updates _updates;
    private readonly ViewStart _recovery;
    private readonly Quota _quota;
    private readonly ChangeExecutor _executor;
    private readonly Changes _changes;
    private readonly Queries _queries;
    private readonly InPlaceWrites _inPlace;
    private readonly ControlExecutor _controlExecutor;
    private readonly Controls _controls;
    private readonly Fills _fills;
    private readonly Drain _drain;
    private readonly Queue<(HostId From, HostMessage Message)> _early = new();
    private long _steppedAt = long.MinValue;
    private readonly List<Replica> _expiring = [];
    private long _expireAt;
    private long _unservedSince = long.MinValue;
    private bool _hasHeldAll;

    /// <param name="seed">For ids that the machine makes up.</param>
    /// <param name="map">The accounts of this host's section map; null when there is no map (simulation).</param>
    public HostMachine(HostId self, MachineOptions options, ulong seed, MapCapacity? map = null)
    {
        _context = new MachineContext(self, options, seed);
        _heartbeats = new Heartbeats(_context);
        _journal = new ViewJournalGate(_context);
        _keeper = new ViewKeeper(_context, _heartbeats) { Adopted = OnAdopted, LeftOut = OnLeftOut };
        _proposer = new ViewProposer(_context, _keeper, _heartbeats, _journal);
        _replicas = new Replicas(_context, map);
        _repeats = new Repeats(_context);
        _updates = new Updates(_context, _keeper, _replicas, _repeats);
        _recovery = new ViewStart(_context, _keeper, _heartbeats, _replicas) { Started = OnStarted };
        _quota = new Quota(_context, _keeper, _heartbeats, _replicas, _updates);
        _executor = new ChangeExecutor(_context, _keeper, _heartbeats, _replicas, _quota);
        _changes = new Changes(_context, _keeper, _heartbeats, _replicas, _recovery, _executor);
        _queries = new Queries(_context, _keeper, _heartbeats, _replicas, _recovery);
        _inPlace = new InPlaceWrites(_context, _keeper, _replicas, _recovery);
        _controlExecutor = new ControlExecutor(_context, _keeper, _replicas, _recovery, _quota);
        _controls = new Controls(_context, _keeper, _heartbeats, _replicas, _recovery, _controlExecutor);
        _fills = new Fills(_context, _keeper, _heartbeats, _replicas);
        _drain = new Drain(_context, _keeper, _heartbeats, _replicas, _repeats, _controlExecutor, _recovery);
        Connect();
    }

    /// <summary>For those who judge.</summary>
    internal Replicas Replicas => _replicas;

    internal ReplicaAgentProtocol.AgentStatus Status() =>
        StatusReport.Make(0, _keeper, _heartbeats, _journal, _replicas, _recovery, _context.Options);

    /// <param name="now">Monotonic nanoseconds of this host; never less than at the step before.</param>
    /// <param name="wall">Nanoseconds since 1970 UTC (<see cref="AisTime"/>).</param>
    /// <param name="outputs">Added to, in the order in which they are to be carried out.</param>
    public void Step(MachineInput input, long now, long wall, List<MachineOutput> outputs)
    {
        _context.Begin(now, wall, outputs);
        _inPlace.Share();
        if (_steppedAt != long.MinValue && now - _steppedAt > 2 * _context.Options.Heartbeat)
            _heartbeats.StoodStill(now - _steppedAt);
        _steppedAt = now;
        switch (input)
        {
            case MachineInput.Tick:
                Tick();
                break;
            case MachineInput.FromHost message:
                OnMessage(message.From, message.Message);
                break;
            case MachineInput.Local local:
                OnCommand(local.Command, local.Caller);
                break;
            case MachineInput.Continue:
                _context.Jobs.Continue();
                break;
            case MachineInput.Forget forget:
                foreach (var replica in _replicas.All)
                    replica.Trackers.Remove(forget.Caller);
                break;
            case MachineInput.Memory memory:
                _quota.IsOutOfMemory = memory.IsExhausted;
                _heartbeats.Hurry(); // The orderers elsewhere are told with the next tick.
                break;
            case MachineInput.Retire:
                _keeper.Retire();
                EndAll("this host has retired");
                SendBeats();
                break;
            default:
                OnViewInput(input);
                break;
        }
    }

    /// <summary>Between two steps: see <see cref="Queries.TryRead"/>. Nothing may be answered unless <see cref="HasLeaseAt"/> holds afterwards.</summary>
    internal bool TryRead(IncarnationId incarnation, ReadOnlySpan<ReadRequest.Element> elements, WireWriter to, int bytesMax)
    {
        try
        {
            return _queries.TryRead(incarnation, elements, to, bytesMax);
        }
        catch (Exception)
        {
            return false; // A read changes nothing. The step that answers it will throw too, and say of what.
        }
    }

    /// <summary>Between two steps: see <see cref="InPlaceWrites.TryWrite"/>.</summary>
    internal bool TryWrite(IncarnationId incarnation, ReadOnlySpan<WriteRequest.Element> elements, bool isOverwrite, long now, long wall) =>
        _inPlace.TryWrite(incarnation, elements, isOverwrite, now, wall);

    /// <param name="now">Monotonic nanoseconds of this host.</param>
    internal bool HasLeaseAt(long now) => _keeper.HasLeaseAt(now);

    private void Connect()
    {
        _replicas.HandedOver = _updates.OnHandOverStable;
        _replicas.Deleted = _updates.OnDeleted;
        _replicas.MarkMoved = replica =>
        {
            _queries.OnMarkMoved(replica);
            _executor.Pump(replica);
            if (replica.Outgoing.Held.Count > 0)
                _changes.Pump(replica);
        };
        _replicas.Stopped = _queries.OnStopped;
        _replicas.Gone = replica =>
        {
            _executor.OnGone(replica);
            _changes.OnGone(replica);
            _queries.OnGone(replica);
        };
        _updates.OrdererChanged = replica =>
        {
            _executor.OnOrdererChanged(replica);
            _changes.Pump(replica);
        };
        _updates.DropConfirmed = _controlExecutor.OnDropConfirmed;
        _updates.HandOverConfirmed = _controlExecutor.OnHandOverConfirmed;
        _controlExecutor.Created = _executor.OnOrdererChanged;
    }

    private void OnViewInput(MachineInput input)
    {
        switch (input)
        {
            case MachineInput.Membership membership:
                _keeper.OnMembership(membership.Up);
                break;
            case MachineInput.KnownDead dead:
                _keeper.OnKnownDead(dead.Host, dead.Why);
                ProposeNow();
                break;
            case MachineInput.Left left:
                _keeper.OnKnownDead(left.Host, "it has left");
                ProposeNow();
                break;
            case MachineInput.Suspect suspect when suspect.Host != _context.Self && !_heartbeats.IsDead(suspect.Host):
                _heartbeats.Doubt(suspect.Host);
                _context.Out(new MachineOutput.Probe(suspect.Host));
                break;
            case MachineInput.Suspect:
                break;
            case MachineInput.ViewRow row:
                _journal.OnAnswer(wasRead: true);
                TakeRow(row.Row);
                ProposeNow();
                break;
            case MachineInput.ViewAppended appended:
                _journal.OnAnswer(wasRead: appended.Newest is not null);
                TakeRow(appended.Newest);
                break;
            case MachineInput.JournalAway:
                _journal.OnAway();
                break;
            default:
                throw new InvalidOperationException($"No rule takes {input.GetType().Name}.");
        }
    }

    private void Tick()
    {
        if (_keeper.IsLeftOut)
            return;
        if (_heartbeats.IsDue)
            SendBeats();
        ProposeNow();
        if (_keeper.IsRetired)
            return;
        _recovery.Tick();
        TellWhenFilled();
        foreach (var replica in _replicas.Busy.ToArray())
        {
            replica.Orderer?.Tick();
            if (replica.Orderer is not { IsQuiet: false })
                _replicas.Busy.Remove(replica);
        }

        _repeats.Tick();
        _fills.Tick();
        Expire();
        _changes.Tick();
        _queries.Tick();
        _controls.Tick();
        _drain.Tick();
        _executor.Tick();
    }

    /// <summary>Once in its life: a host that comes in later is filled before it calls itself ready.</summary>
    private void TellWhenFilled()
    {
        if (_hasHeldAll || !_recovery.IsStarted || !_recovery.IsFullForAll)
            return;
        _hasHeldAll = true;
        _context.Out(new MachineOutput.Publish(new ReplicaAgentProtocol.HoldsAll(_keeper.Number)));
    }

    private void ProposeNow() => _proposer.Tick(_recovery.IsFullForAll, _recovery.IsAllStarted());

    private void Expire()
    {
        if (!_recovery.IsStarted || !_keeper.HasLease)
            return;
        if (_context.Now >= _expireAt)
        {
            _expireAt = _context.Now + _context.Options.ExpiryInterval;
            _expiring.Clear();
            foreach (var replica in _replicas.All)
                if (replica.Orderer is not null && replica.Table!.NextExpiration <= _context.Wall)
                    _expiring.Add(replica);
        }

        foreach (var replica in _expiring)
            replica.Orderer?.Expire(); // One with more than a batch goes on with each tick.
    }

    private void TakeRow(View? row)
    {
        if (row is not null)
            _keeper.OnRow(row);
    }

    private void OnAdopted(View view)
    {
        _early.Clear();
        _recovery.OnAdopted();
        foreach (var replica in _replicas.All)
            replica.StopOrdering(); // Nobody orders between a view and its START.
        _replicas.Busy.Clear();
        _updates.OnAdopted();
        _quota.OnAdopted();
        _executor.OnAdopted();
        _changes.OnAdopted(view);
        _queries.OnAdopted();
        _controlExecutor.OnAdopted();
        _controls.OnAdopted();
        SendBeats();
        _recovery.Tick();
    }

    private void OnStarted(HostMessage.Start start)
    {
        while (_early.TryDequeue(out var early))
            OnMessage(early.From, early.Message);
        _changes.OnStarted();
        _queries.Tick();
        _controls.Tick();
    }

    private void OnLeftOut(string reason) => EndAll(reason);

    /// <summary>This host answers nothing more: what was sent to nobody is refused for good, of the rest it does not know.</summary>
    private void EndAll(string why)
    {
        _changes.EndAll(why);
        _queries.EndAll(why);
        _controls.EndAll(why);
    }

    private void SendBeats()
    {
        _heartbeats.Sent();
        _replicas.Recount();
        _replicas.Dropped.ForgetOld();
        var heard = _heartbeats.Heard();
        HostId[] dead = [.. _keeper.Mattering().Where(_heartbeats.IsDead)];
        foreach (var host in _keeper.Up.Union(_keeper.Mattering()))
            if (host != _context.Self && !_heartbeats.IsDead(host))
                SendBeat(host, heard, dead);
    }

    private void SendBeat(HostId host, IReadOnlyList<HostId> heard, IReadOnlyList<HostId> dead) =>
        _context.Send(host, new HostMessage.Beat(
            _keeper.Number,
            _context.Now,
            _recovery.IsFullForAll,
            _recovery.IsStarted,
            _keeper.IsRetired,
            heard,
            dead,
            _quota.CreditOf(host),
            _quota.IsOutOfMemory,
            _quota.ReceivedFrom(host)));
}
