using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Checkpoints.CheckpointEvents;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// Owns one checkpoint name: which incarnations exist, who has them open, when retention ends. Never on the path of a read or write.
/// <code>
///   recovering --nothing in the journal--> Dormant --create, unknown replicas--------> Starting
///        `------ incarnations ----------------------------------------------------------^  |
///   Starting: term journaled -> agent says what lives -> every host of the view answers the roll call -> Ready
///   Ready:    one piece of work at a time; a new view is compared with (agent, roll call) while the work goes on
///   Dormant, Ready without incarnations --linger--> Passivate --stop message--> stopped
/// </code>
/// Each command first asks this host's agent what lives: the answer needs the lease, so an entity that a newer one has replaced answers
/// TRY_AGAIN and not from its memory. What changes the journal is fenced by the journal's unique key besides. Here one
/// row of an absent name stays, which fences a late writer; after an hour the host's JournalPurge takes it out of the table.
/// </summary>
public sealed partial class CheckpointActor : ReceivePersistentActor
{
    private readonly NodeServices _node;
    private readonly CheckpointEntityOptions _options;
    private readonly Func<HostId, ICanTell> _registryOf;
    private readonly Func<IncarnationId> _newIncarnation;
    private readonly IActorRef _waker;
    private readonly ILoggingAdapter _logger = Context.GetLogger();
    private readonly ClockTimers _timers;
    private readonly AgentErrands _errands = new();
    private readonly ClosedOpeners _closed = new();
    private readonly RecentAnswers _answers = new();

    /// <summary>Work that nobody waits for: due timers, answers to compare. Before commands, and bounded by timers and hosts.</summary>
    private readonly Queue<Action> _internal = [];
    private readonly Queue<Pending> _queue = [];

    private CheckpointState _state = CheckpointState.Absent;
    private CheckpointName? _name;
    private Phase _phase = Phase.Recovering;
    private Pending? _current;
    private (ulong Number, Action<ReplicaAgentProtocol.IReply?> Then)? _asked;
    private AisStatus _ifJournalLost = AisStatus.TryAgain;
    private AisStatus _ifJournalRefused = AisStatus.TryAgain;
    private ulong _number;
    private long _rowsDeletedTo;
    private int _rows;
    private bool _busy;
    private bool _pumping;
    private bool _deletingRows;
    private bool _passivating;
    private bool _stopping;

    /// <param name="registryOf">Where a host's session registry is.</param>
    /// <param name="waker">Is told when an entity with rows in the journal stops, so that one starts wherever it belongs now.</param>
    public CheckpointActor(
        string entityId,
        NodeServices node,
        CheckpointEntityOptions options,
        Func<HostId, ICanTell> registryOf,
        Func<IncarnationId> newIncarnation,
        IActorRef waker)
    {
        PersistenceId = CheckpointEntityId.PersistenceIdOf(entityId);
        _node = node;
        _options = options;
        _registryOf = registryOf;
        _newIncarnation = newIncarnation;
        _waker = waker;
        _timers = new ClockTimers(node.Clock, Self);

        Recover<IEvent>(Apply);
        Recover<RecoveryCompleted>(_ => OnRecovered());
        Command<CheckpointProtocol.ICommand>(OnCommand);
        Command<ReplicaAgentProtocol.IReply>(OnAgentReply);
        Command<SessionRegistryProtocol.Present>(OnPresent);
        Command<ReplicaAgentProtocol.ViewServing>(OnViewServing);
        Command<Alarm>(OnAlarm);
        Command<DeleteMessagesSuccess>(_ => OnRowsDeleted());
        Command<DeleteMessagesFailure>(OnRowsNotDeleted);
        Command<StopWhenIdle>(_ => OnStop());
    }

    private enum Phase
    {
        Recovering,
        Dormant,
        Starting,
        Ready,
    }

    public override string PersistenceId { get; }

    /// <summary>No snapshots: recovery is a handful of rows, and a <see cref="Kept"/> row is what a snapshot would be.</summary>
    public override Recovery Recovery => new(SnapshotSelectionCriteria.None);

    private long WallNow => AisTime.Now(_node.Clock);

    public static Props Props(
        string entityId,
        NodeServices node,
        CheckpointEntityOptions options,
        Func<HostId, ICanTell> registryOf,
        Func<IncarnationId> newIncarnation,
        IActorRef waker) =>
        Akka.Actor.Props.Create(() => new CheckpointActor(entityId, node, options, registryOf, newIncarnation, waker));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ReplicaAgentProtocol.ViewServing));
        base.PreStart();
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _timers.Dispose();
        ReplyUnknown("the checkpoint's owner stopped while at it");
        RefuseQueue("the checkpoint's owner is moving");
        // Rows of an absent name, too: only its entity takes them away.
        if (_name is { } name && (_rows > 0 || !_errands.IsEmpty))
            _waker.Tell(new CheckpointWaker.Wake(name));
        base.PostStop();
    }

    /// <summary>The actor stops after this. The next run recovers what the journal really has.</summary>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        ReplyJournalLost(_node.ProvesUnwritten(cause), $"the journal did not confirm {@event.GetType().Name}: {cause.Message}");
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    /// <summary>Not written, and the actor would go on as if it had been: start anew from the journal.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        ReplyJournalLost(isUnwritten: true, $"the journal refused {@event.GetType().Name}: {cause.Message}");
        base.OnPersistRejected(cause, @event, sequenceNr);
        throw new InvalidOperationException($"the journal refused {@event.GetType().Name} of {PersistenceId}", cause);
    }

    private void ReplyJournalLost(bool isUnwritten, string reason)
    {
        if ((isUnwritten ? _ifJournalRefused : _ifJournalLost) == AisStatus.TryAgain)
            Reply(n => new CheckpointProtocol.Refused(n, AisStatus.TryAgain, reason));
        else
            ReplyUnknown(reason);
    }

    /// <summary>Whoever asks again hears it from the next run, which knows by the journal whether it was done; only others are told TIMEOUT.</summary>
    private void ReplyUnknown(string reason)
    {
        if (_current is { Command.IsRepeated: true })
            _current = null;
        else
            Reply(n => new CheckpointProtocol.Refused(n, AisStatus.Timeout, reason));
    }

    private void OnRecovered()
    {
        _name = _state.Name;
        _phase = Phase.Dormant;
        _early.Clear(); // They come now.
        if (!_state.IsAbsent)
            BeginStart();
        else
            OnIdle();
    }

    private void OnCommand(CheckpointProtocol.ICommand command)
    {
        _name ??= command.Name;
        if (!_name.Equals(command.Name))
            Refuse(AisStatus.NoResources, $"{command.Name} has the SHA-256 of another checkpoint's name");
        else if (_answers.Of(command) is { } first)
            Sender.Tell(first);
        else if (UnderWay(command) is { } asked)
            asked.Copies++;
        else if (_stopping)
            Refuse(AisStatus.TryAgain, "the checkpoint's owner is moving");
        else if (_queue.Count >= _options.QueuedCommandsMax)
            Refuse(AisStatus.TryAgain, $"{_queue.Count} commands are waiting already; the limit is {_options.QueuedCommandsMax}");
        else
            _queue.Enqueue(new Pending(command, Sender));
        Pump();

        void Refuse(AisStatus status, string reason) => Sender.Tell(new CheckpointProtocol.Refused(command.Number, status, reason));
    }

    /// <summary>The same request, waiting or under way: it is answered once for each of its copies.</summary>
    private Pending? UnderWay(CheckpointProtocol.ICommand command) =>
        !command.IsRepeated ? null
        : _current is { } current && current.IsCopy(command) ? current
        : _queue.FirstOrDefault(pending => pending.IsCopy(command));

    /// <summary>Begins the next piece of work unless one is under way.</summary>
    private void Pump()
    {
        if (_pumping)
            return;
        _pumping = true;
        while (!_busy && _phase is Phase.Dormant or Phase.Ready && !_stopping)
        {
            if (_internal.TryDequeue(out var work))
            {
                _busy = true;
                work();
            }
            else if (_queue.TryDequeue(out var pending))
            {
                Begin(pending);
            }
            else
            {
                OnIdle();
                if (_internal.Count == 0)
                    break;
            }
        }

        _pumping = false;
        if (_stopping && !_busy)
            Context.Stop(Self); // Only after the shard's stop message: it buffers for the next run what comes from now on.
    }

    private void Begin(Pending pending)
    {
        _busy = true;
        _current = pending;
        if (pending.Command.Origin is { Id: var request })
        {
            if (_state.Requests.IsGivenUp(request))
            {
                _current = null; // A copy that was overtaken: nobody waits for it.
                Finish();
                return;
            }

            if (_state.Requests.IsDone(request))
            {
                Done(); // By an earlier run, whose answer was lost.
                return;
            }
        }

        if (pending.Command.Deadline <= WallNow)
        {
            Refuse(AisStatus.TryAgain, "the deadline passed before the checkpoint's owner could begin");
            return;
        }

        if (_phase == Phase.Dormant && pending.Command is CheckpointProtocol.Open { Create: not null })
            StartFor(pending);
        else
            WithLive(() => EndDue(() => Execute(pending.Command)), AnswerAgain);
    }

    /// <summary>The command waits, at the head of the queue, until the entity is ready.</summary>
    private void StartFor(Pending pending)
    {
        var others = _queue.ToArray();
        _queue.Clear();
        _queue.Enqueue(pending);
        foreach (var other in others)
            _queue.Enqueue(other);
        _current = null;
        _busy = false;
        BeginStart();
    }

    /// <summary>The work under way is done.</summary>
    private void Finish()
    {
        _busy = false;
        SendErrands(again: false);
        Pump();
    }

    private void AnswerAgain(string reason) => Refuse(AisStatus.TryAgain, reason);

    private void Refuse(AisStatus status, string reason)
    {
        Reply(n => new CheckpointProtocol.Refused(n, status, reason));
        Finish();
    }

    /// <summary>Once: whoever was answered is no longer waiting.</summary>
    private void Reply(Func<ulong, CheckpointProtocol.IReply> reply)
    {
        if (_current is not { } pending)
            return;
        _current = null;
        var answer = reply(pending.Command.Number);
        _answers.Add(pending.Command, answer);
        pending.Answer(answer);
    }

    private void RefuseQueue(string reason)
    {
        while (_queue.TryDequeue(out var pending))
            pending.Answer(new CheckpointProtocol.Refused(pending.Command.Number, AisStatus.TryAgain, reason));
    }

    private void OnStop()
    {
        _stopping = true;
        RefuseQueue("the checkpoint's owner is moving");
        if (_phase == Phase.Starting)
            _busy = false; // Nobody waits for a start.
        Pump();
    }

    /// <summary>Tells a shard's entity to finish what it is at and to stop; everything still queued gets TRY_AGAIN.</summary>
    public sealed record StopWhenIdle
    {
        public static readonly StopWhenIdle Instance = new();
    }

    private sealed class Pending(CheckpointProtocol.ICommand command, IActorRef client)
    {
        public CheckpointProtocol.ICommand Command => command;

        public int Copies { get; set; } = 1;

        public bool IsCopy(CheckpointProtocol.ICommand other) => command.Asker == other.Asker && command.Number == other.Number;

        /// <summary>The asker counts answers: one who has had as many as it sent copies knows that none is still on its way.</summary>
        public void Answer(CheckpointProtocol.IReply reply)
        {
            for (var i = 0; i < Copies; i++)
                client.Tell(reply);
        }
    }
}
