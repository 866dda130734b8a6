using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Tests.Actors.Sessions;

/// <summary>Plays client, agent and entity around a pure <see cref="SessionState"/>; time stands still unless told.</summary>
internal sealed class SessionDriver
{
    public static readonly HostId Host = new("127.0.0.1:4711", 1);
    public static readonly SessionId Session = new(new Guid("11111111-0000-0000-0000-000000000000"));
    public static readonly CreationAttributes Synchronous = new(CreationFlags.WriteAllReplicas, 8192, 0, 8, 1024, 32);
    public static readonly CreationAttributes Collocated = Synchronous with { Flags = CreationFlags.WriteActiveReplica | CreationFlags.Collocated };

    private readonly List<SessionEffect> _effects = [];
    private ulong _lastRequest;

    /// <param name="budgets">What all clients of the host may hold; another one's bytes can be taken of it.</param>
    public SessionDriver(ProfileRules? rules = null, SessionOptions? limits = null, TransitBudgets? budgets = null)
    {
        limits ??= SessionOptions.Defaults;
        Room = new SessionRoom(budgets ?? new TransitBudgets(limits.NodeInFlightBytesMax, TimeProvider.System), limits, reason => CutOff = reason);
        State = new SessionState(Session, Host, rules ?? Rules(Profile.Strict, AisVersion.B22), limits, Room);
    }

    public SessionRoom Room { get; }

    /// <summary>Why the client was to be cut off, or null.</summary>
    public string? CutOff { get; private set; }

    public SessionState State { get; }

    public SessionNow Now { get; private set; } = new(1_000_000_000_000, 1_700_000_000_000_000_000);

    /// <summary>All that came of the last step.</summary>
    public List<SessionEffect> Effects { get; } = [];

    public IEnumerable<IMessage> ToClient => Effects.OfType<SessionEffect.ToClient>().Select(effect => effect.Message);

    public Answer Answered => ToClient.OfType<Answer>().Single();

    public static ProfileRules Rules(Profile profile, AisVersion version) => ProfileRules.For(profile, version)!;

    /// <summary>Sends a request of five seconds.</summary>
    public ulong Send(Command command, long budget = 5_000_000_000)
    {
        Step(() => State.Receive(new Request(++_lastRequest, budget, command), Now, _effects));
        return _lastRequest;
    }

    /// <summary>A request that nobody needs to be asked for.</summary>
    public AisStatus Refused(Command command, long budget = 5_000_000_000)
    {
        Send(command, budget);
        return Assert.IsType<Answer>(Assert.Single(ToClient)).Status;
    }

    public void Tell(IMessage message) => Step(() => State.Receive(message, Now, _effects));

    public void FromAgent(ReplicaAgentProtocol.IReply reply) => Step(() => State.Receive(reply, Now, _effects));

    public void FromEntity(CheckpointProtocol.IReply reply) => Step(() => State.Receive(reply, Now, _effects));

    public void Updated(ReplicaAgentProtocol.Update update) => Step(() => State.Receive(update, _effects));

    public void Gone(IncarnationId incarnation) => Step(() => State.Receive(new ReplicaAgentProtocol.Gone(incarnation), _effects));

    public void End() => Step(() => State.End(Now, _effects));

    public void Leave(bool canGoElsewhere = false, bool isForGood = false) => Step(() => State.Leave(canGoElsewhere, isForGood, Now, _effects));

    public void LeftOut() => Step(() => State.LeftOut("view 8 left it out", _effects));

    /// <summary>Time passes.</summary>
    public void After(TimeSpan time)
    {
        Now = Now with { Monotonic = Now.Monotonic + (time.Ticks * 100), Wall = Now.Wall + (time.Ticks * 100) };
        Step(() => State.Tick(Now, _effects));
    }

    public T ToAgent<T>()
        where T : ReplicaAgentProtocol.ICommand => Assert.IsType<T>(Effects.OfType<SessionEffect.ToAgent>().Single().Command);

    public T ToEntity<T>()
        where T : CheckpointProtocol.ICommand => Assert.IsType<T>(Effects.OfType<SessionEffect.ToEntity>().Single().Command);

    /// <summary>Opens a checkpoint and gives its handle.</summary>
    public Opened Open(CreationAttributes? attributes = null, OpenFlags flags = OpenFlags.Read | OpenFlags.Write, string name = "safCkpt=a")
    {
        Send(new Open(new CheckpointName(name), flags | OpenFlags.Create, attributes ?? Synchronous));
        var open = ToEntity<CheckpointProtocol.Open>();
        FromEntity(new CheckpointProtocol.Opened(open.Number, IncarnationOf(name), attributes ?? Synchronous));
        return Assert.IsType<Opened>(Answered.Body);
    }

    public static IncarnationId IncarnationOf(string name) => new(new Guid(StableHash.Of(System.Text.Encoding.UTF8.GetBytes(name)), 0, 0, new byte[8]));

    public static Change Write(ulong handle, int bytes = 4, long offset = 0) =>
        new(handle, new ContentOp.Write([new(new SectionId("s"), offset, new byte[bytes])]));

    private void Step(Action step)
    {
        _effects.Clear();
        step();
        Effects.Clear();
        Effects.AddRange(_effects);
    }
}
