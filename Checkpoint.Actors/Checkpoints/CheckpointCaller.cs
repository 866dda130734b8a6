using Akka.Actor;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// One a host, between all that ask entities (sessions, administration, the waker, a starting host) and the shard region: the thin half of
/// <see cref="EntityQuestions{TAsker}"/>. The region sends to the host that last had the shard; after that host's death a command is lost without a
/// word until the coordinator has found the shard a new home.
/// </summary>
internal sealed class CheckpointCaller : ReceiveActor
{
    /// <summary>Copies sent in one round; the next round comes after <see cref="RoundInterval"/>, so that ten thousand callers drown nobody.</summary>
    private const int CopiesPerRound = 256;

    private static readonly TimeSpan RoundInterval = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _clock;
    private readonly IActorRef _region;
    private readonly ITimer _timer;
    private readonly EntityQuestions<IActorRef> _questions = new(new SessionId(Guid.NewGuid()));
    private long _armedFor = long.MaxValue;

    public CheckpointCaller(NodeServices node, IActorRef region)
    {
        (_clock, _region) = (node.Clock, region);
        var self = Self;
        _timer = _clock.CreateTimer(_ => self.Tell(Round.Instance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Receive<CheckpointCommand>(OnCommand);
        Receive<CheckpointReply>(OnReply);
        Receive<ReplicaAgentProtocol.ViewServing>(_ =>
        {
            _questions.AskAllAgain(Monotonic);
            OnRound();
        });
        Receive<Round>(_ => OnRound());
        Receive<Terminated>(_ => Context.Stop(Self)); // Without the region the host cannot serve: its guardian watches.
    }

    private long Monotonic => _clock.GetTimestamp();

    private long Wall => AisTime.Now(_clock);

    public static Props Props(NodeServices node, IActorRef region) => Akka.Actor.Props.Create(() => new CheckpointCaller(node, region));

    protected override void PreStart()
    {
        Context.Watch(_region);
        Context.System.EventStream.Subscribe(Self, typeof(ReplicaAgentProtocol.ViewServing));
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _timer.Dispose();
    }

    private void OnCommand(CheckpointCommand command)
    {
        if (_questions.Ask(command, Sender, Monotonic, Wall) is { } question)
            _region.Tell(question, Self);
        else
            Sender.Tell(new CheckpointProtocol.Refused(
                command.Number,
                AisStatus.TryAgain,
                $"{_questions.Count} questions of this host wait for checkpoints; the limit is {EntityQuestions<IActorRef>.OutstandingMax}"));
        Arm();
    }

    private void OnReply(CheckpointReply reply)
    {
        if (_questions.Answered(reply, Monotonic, Wall) is { } answer)
            answer.Asker.Tell(answer.Reply, Self);
        Arm();
    }

    private void OnRound()
    {
        _armedFor = long.MaxValue;
        for (var left = CopiesPerRound; left > 0 && _questions.Take(Monotonic, Wall, (asker, reply) => asker.Tell(reply, Self)) is { } copy; left--)
            _region.Tell(copy, Self);
        Arm();
    }

    private void Arm()
    {
        if (_questions.NextDue is not { } due || due >= _armedFor)
            return;
        _armedFor = due;
        var wait = AisTime.ToTimeSpan(Math.Max(0, due - Monotonic));
        _timer.Change(wait < RoundInterval ? RoundInterval : wait, Timeout.InfiniteTimeSpan);
    }

    private sealed record Round : INoSerializationVerificationNeeded
    {
        public static readonly Round Instance = new();
    }
}
