using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Actors.Replication;

/// <summary>Machines that hear each other at once, with one clock that stands still until it is moved: for rules, not for faults (see Simulation).</summary>
internal sealed class MachinePump
{
    public const long Wall = 1_700_000_000 * AisTime.NanosecondsPerSecond;

    /// <summary>Hosts with a core to themselves.</summary>
    public static readonly MachineOptions Options = new()
    {
        TickInterval = 5 * AisTime.NanosecondsPerMillisecond,
        Heartbeat = 75 * AisTime.NanosecondsPerMillisecond,
        Detection = 275 * AisTime.NanosecondsPerMillisecond,
        BytesMax = 2L * 1024 * 1024 * 1024,
        IncarnationsMax = 100_000,
        JournalPatience = 5 * AisTime.NanosecondsPerSecond,
    };

    private readonly Queue<(int To, MachineInput Input)> _inputs = new();
    private readonly List<MachineOutput> _outputs = [];
    private readonly Dictionary<ulong, ReplicaAgentProtocol.IReply> _replies = [];
    private View? _newest;
    private ulong _number;
    private long _now = AisTime.NanosecondsPerSecond;

    /// <param name="optionsOf">Of each host, when they differ.</param>
    /// <param name="members">How many of them are members from the start; all when null.</param>
    public MachinePump(int hosts, MachineOptions? options = null, int? members = null, Func<int, MachineOptions>? optionsOf = null)
    {
        Hosts = [.. Enumerable.Range(0, hosts).Select(index => new HostId($"host{index}:1", 100 + index))];
        Machines = [.. Hosts.Select((host, index) => new HostMachine(host, optionsOf?.Invoke(index) ?? options ?? Options, (ulong)index + 1))];
        Gates = [.. Machines.Select(machine => new MachineGate(machine, new PumpClock(this)))];
        Join(Hosts[..(members ?? hosts)]);
    }

    public HostId[] Hosts { get; }

    /// <summary>The newest row of the journal.</summary>
    public View? Newest => _newest;

    /// <summary>Who neither hears nor is heard.</summary>
    public HashSet<int> CutOff { get; } = [];

    /// <summary>Is this message to this host lost?</summary>
    public Func<int, HostMessage, bool> Loses { get; set; } = (_, _) => false;

    public bool IsJournalAway { get; set; }

    /// <summary>Told before and after each step of a machine.</summary>
    public Action<int, MachineInput> Stepping { get; set; } = (_, _) => { };

    public Action<int, MachineInput> Stepped { get; set; } = (_, _) => { };

    public Action<int, ReplicaAgentProtocol.IReply> Replied { get; set; } = (_, _) => { };

    public HostMachine[] Machines { get; }

    /// <summary>Each machine's, for reads beside the pump's steps, from any thread.</summary>
    public MachineGate[] Gates { get; }

    /// <summary>What trackers were told, in order.</summary>
    public List<object> Pushed { get; } = [];

    public long Now => Volatile.Read(ref _now);

    public long WallNow => Wall + Now;

    public void Join(HostId[] members)
    {
        Announce(members);
        Pass(TimeSpan.FromSeconds(2));
    }

    public void Announce(HostId[] members)
    {
        for (var index = 0; index < members.Length; index++)
            Step(index, new MachineInput.Membership(members, []));
    }

    /// <summary>Ticks of every machine, and what they say to each other.</summary>
    public void Pass(TimeSpan time)
    {
        for (var end = _now + AisTime.FromTimeSpan(time); _now < end;)
        {
            Volatile.Write(ref _now, _now + Options.TickInterval);
            for (var index = 0; index < Machines.Length; index++)
                Step(index, MachineInput.Tick.Instance);
        }
    }

    /// <summary>Asks, and gives the answer the time it needs.</summary>
    public TReply Ask<TReply>(int host, Func<ulong, long, ReplicaAgentProtocol.ICommand> command)
        where TReply : ReplicaAgentProtocol.IReply
    {
        var number = ++_number;
        Step(host, new MachineInput.Local(command(number, _now + AisTime.NanosecondsPerSecond), this));
        for (var rounds = 0; rounds < 300 && !_replies.ContainsKey(number); rounds++)
            Pass(TimeSpan.FromMilliseconds(5));
        return Assert.IsType<TReply>(_replies[number]);
    }

    public IncarnationId Create(int host, CreationAttributes attributes, string name = "safCkpt=a")
    {
        var (status, incarnation) = TryCreate(host, attributes, name);
        Assert.Equal(AisStatus.Ok, status);
        return incarnation;
    }

    public (AisStatus Status, IncarnationId Incarnation) TryCreate(int host, CreationAttributes attributes, string name)
    {
        var incarnation = new IncarnationId(Guid.NewGuid());
        var done = Ask<ReplicaAgentProtocol.Done>(host, (number, deadline) => new ReplicaAgentProtocol.Create(
            number, incarnation, new CheckpointName(name), attributes, Hosts[host], WallNow, deadline));
        return (done.Status, incarnation);
    }

    public ContentResult Change(int host, IncarnationId incarnation, ContentOp op) =>
        Ask<ReplicaAgentProtocol.Changed>(host, (number, deadline) => new ReplicaAgentProtocol.Change(
            number, incarnation, new SessionId(new Guid(host + 1, 0, 0, new byte[8])), 7, op, deadline)).Result;

    public ReplicaAgentProtocol.IncarnationStatus Status(int host, IncarnationId incarnation) =>
        Ask<ReplicaAgentProtocol.AgentStatus>(host, (number, _) => new ReplicaAgentProtocol.GetAgentStatus(number))
            .Incarnations.Single(status => status.Incarnation == incarnation);

    public ulong NextNumber() => ++_number;

    /// <summary>Leaves a command, for the present step or the next one to go on with.</summary>
    public void Give(int host, ReplicaAgentProtocol.ICommand command) => _inputs.Enqueue((host, new MachineInput.Local(command, this)));

    public void Step(int host, MachineInput input)
    {
        _inputs.Enqueue((host, input));
        while (_inputs.TryDequeue(out var next))
        {
            _outputs.Clear();
            Stepping(next.To, next.Input);
            Gates[next.To].Step(next.Input, _outputs);
            Stepped(next.To, next.Input);
            foreach (var output in _outputs)
                CarryOut(next.To, output);
        }
    }

    private void CarryOut(int host, MachineOutput output)
    {
        switch (output)
        {
            case MachineOutput.Send send when CutOff.Contains(host) || CutOff.Contains(Array.IndexOf(Hosts, send.To)):
                break;
            case MachineOutput.Send send when Loses(Array.IndexOf(Hosts, send.To), send.Message):
                break;
            case MachineOutput.Send send:
                _inputs.Enqueue((Array.IndexOf(Hosts, send.To), new MachineInput.FromHost(Hosts[host], send.Message)));
                break;
            case MachineOutput.Continue:
                _inputs.Enqueue((host, MachineInput.Continue.Instance));
                break;
            case MachineOutput.AppendView or MachineOutput.ReadViews when IsJournalAway:
                _inputs.Enqueue((host, MachineInput.JournalAway.Instance));
                break;
            case MachineOutput.AppendView append:
                var won = append.Row.Number == (_newest?.Number ?? 0) + 1;
                if (won)
                    _newest = append.Row;
                _inputs.Enqueue((host, new MachineInput.ViewAppended(append.Row.Number, won, _newest)));
                break;
            case MachineOutput.ReadViews:
                _inputs.Enqueue((host, new MachineInput.ViewRow(_newest)));
                break;
            case MachineOutput.Reply reply:
                Assert.True(_replies.TryAdd(reply.Message.Number, reply.Message), $"{reply.Message} is a second answer");
                Replied(host, reply.Message);
                break;
            case MachineOutput.Push push:
                Pushed.Add(push.Message);
                break;
        }
    }

    /// <summary>The pump's time, or a little later: a thread that reads may be late.</summary>
    internal sealed class PumpClock(MachinePump pump, long aheadNanoseconds = 0) : TimeProvider
    {
        public override long TimestampFrequency => AisTime.NanosecondsPerSecond;

        public override long GetTimestamp() => pump.Now + aheadNanoseconds;

        public override DateTimeOffset GetUtcNow() => AisTime.ToUtc(pump.WallNow);
    }
}
