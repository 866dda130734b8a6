using System.Buffers;
using Checkpoint.Actors.Map;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Replication.Links;
using Checkpoint.Protocol;

namespace Checkpoint.Benchmarks.Steps;

/// <summary>
/// The machines of some hosts with the shipped constants and a map behind each, whose messages to each other cross real links as bytes; one clock that
/// moves when nobody has anything to do. Measured is what an agent's thread does: each step, each encoding and each decoding.
/// </summary>
internal sealed class StepHosts
{
    private const long Millisecond = AisTime.NanosecondsPerMillisecond;
    private const long Wall = 1_700_000_000 * AisTime.NanosecondsPerSecond;

    private readonly HostId[] _hosts;
    private readonly HostMachine[] _machines;
    private readonly OutgoingLink[,] _out;
    private readonly IncomingLink[,] _in;
    private readonly Queue<(int To, MachineInput Input)> _inputs = new();
    private readonly Queue<(int From, int To, byte[] Frame)> _frames = new();
    private readonly List<MachineOutput> _outputs = [];
    private readonly List<LinkPiece> _pieces = [];
    private readonly Dictionary<ulong, ReplicaAgentProtocol.IReply> _replies = [];
    private HostMessage? _encoded;
    private ReadOnlySequence<byte> _bytes;
    private (int Host, MachineInput Input) _stepped;
    private View? _newest;
    private ulong _number;
    private long _now = AisTime.NanosecondsPerSecond;

    public StepHosts(int hosts)
    {
        _hosts = [.. Enumerable.Range(0, hosts).Select(index => new HostId($"host{index}:1", 100 + index))];
        _machines = [.. _hosts.Select((host, index) => new HostMachine(
            host, Options, (ulong)index + 1, new MapCapacity(BucketPool.ForQuota(Options.BytesMax))))];
        (_out, _in) = (new OutgoingLink[hosts, hosts], new IncomingLink[hosts, hosts]);
        for (var from = 0; from < hosts; from++)
            for (var to = 0; to < hosts; to++)
                (_out[from, to], _in[from, to]) = (new OutgoingLink(1_000 * Millisecond), new IncomingLink());
    }

    /// <summary>As in hocon/checkpoint.reference.conf, but for the memory: so that the largest case has room.</summary>
    public static MachineOptions Options { get; } = new()
    {
        TickInterval = 5 * Millisecond,
        Heartbeat = 75 * Millisecond,
        Detection = 1_500 * Millisecond,
        BytesMax = 4L * 1024 * 1024 * 1024,
        IncarnationsMax = 100_000,
        JournalPatience = 5_000 * Millisecond,
    };

    public StepSamples Steps { get; } = new();

    public StepSamples Encodes { get; } = new();

    public StepSamples Decodes { get; } = new();

    public long WallNow => Wall + _now;

    public void Clear()
    {
        Steps.Clear();
        Encodes.Clear();
        Decodes.Clear();
    }

    public void Join(int members)
    {
        for (var index = 0; index < members; index++)
            Step(index, new MachineInput.Membership(_hosts[..members], []));
        Pass(TimeSpan.FromSeconds(2));
    }

    public void Pass(TimeSpan time)
    {
        for (var end = _now + AisTime.FromTimeSpan(time); _now < end;)
            Tick();
    }

    public IncarnationId Create(CreationFlags flags, uint sections, ulong sectionSize)
    {
        var incarnation = new IncarnationId(new Guid(1, 2, 3, BitConverter.GetBytes(++_number)));
        Expect(Ask(0, (number, deadline) => new ReplicaAgentProtocol.Create(
            number, incarnation, new CheckpointName($"safCkpt={number}"), new CreationAttributes(flags, 0, AisTime.End, sections, sectionSize, 64), _hosts[0], WallNow, deadline)));
        return incarnation;
    }

    public void Change(int host, IncarnationId incarnation, ContentOp op) => Expect(Ask(host, ChangeOf(host, incarnation, op)));

    /// <summary>All of them at once, as one session would whose earlier ones are not answered yet.</summary>
    public void Changes(int host, IncarnationId incarnation, IEnumerable<ContentOp> ops)
    {
        List<ulong> numbers = [];
        foreach (var op in ops)
        {
            numbers.Add(++_number);
            _inputs.Enqueue((host, new MachineInput.Local(ChangeOf(host, incarnation, op)(_number, Deadline), this)));
        }

        Drain();
        foreach (var number in numbers)
            Expect(Await(number));
    }

    /// <summary>A change, and while it is under way reads of one element each.</summary>
    public void ChangeAndRead(int host, IncarnationId incarnation, ContentOp op, IEnumerable<ReadElement> reads)
    {
        List<ulong> numbers = [++_number];
        _inputs.Enqueue((host, new MachineInput.Local(ChangeOf(host, incarnation, op)(_number, Deadline), this)));
        for (var isThere = false; !isThere && Next();)
            isThere = _stepped is (var at, MachineInput.FromHost { Message: HostMessage.Append }) && at == host;
        foreach (var read in reads)
        {
            numbers.Add(++_number);
            _inputs.Enqueue((host, new MachineInput.Local(new ReplicaAgentProtocol.Read(_number, incarnation, [read], Deadline), this)));
        }

        Drain();
        foreach (var number in numbers)
            Expect(Await(number));
    }

    public bool HoldsAll(int host) =>
        Ask(host, (number, _) => new ReplicaAgentProtocol.GetAgentStatus(number)) is ReplicaAgentProtocol.AgentStatus status
        && status.Incarnations.All(incarnation => incarnation.ReplicaHosts.Contains(_hosts[host]));

    public ReplicaAgentProtocol.IReply Ask(int host, Func<ulong, long, ReplicaAgentProtocol.ICommand> command)
    {
        var number = ++_number;
        Step(host, new MachineInput.Local(command(number, Deadline), this));
        return Await(number);
    }

    public static void Expect(ReplicaAgentProtocol.IReply reply)
    {
        if (reply.Status != AisStatus.Ok)
            throw new InvalidOperationException($"{reply.GetType().Name}: {reply.Status}, {reply.Reason}");
    }

    private long Deadline => _now + (60 * AisTime.NanosecondsPerSecond);

    private static Func<ulong, long, ReplicaAgentProtocol.ICommand> ChangeOf(int host, IncarnationId incarnation, ContentOp op) =>
        (number, deadline) => new ReplicaAgentProtocol.Change(number, incarnation, new SessionId(new Guid(host + 1, 0, 0, new byte[8])), 7, op, deadline);

    private ReplicaAgentProtocol.IReply Await(ulong number)
    {
        for (var ticks = 0; ticks < 20_000; ticks++)
        {
            if (_replies.Remove(number, out var reply))
                return reply;
            Tick();
        }

        throw new InvalidOperationException($"command {number} was not answered");
    }

    private void Tick()
    {
        _now += Options.TickInterval;
        for (var index = 0; index < _machines.Length; index++)
            Step(index, MachineInput.Tick.Instance);
    }

    private void Step(int host, MachineInput input)
    {
        _inputs.Enqueue((host, input));
        Drain();
    }

    private void Drain()
    {
        while (Next())
        {
        }
    }

    /// <returns>False when there was nothing left.</returns>
    private bool Next()
    {
        if (_frames.TryDequeue(out var frame))
            Receive(frame.From, frame.To, frame.Frame);
        else if (_inputs.TryDequeue(out var next))
            Step(next.To, next.Input, NameOf(next.Input));
        else
            return false;
        return true;
    }

    private void Step(int host, MachineInput input, string name)
    {
        _outputs.Clear();
        _stepped = (host, input);
        Steps.Measure(name, () => _machines[host].Step(input, _now, WallNow, _outputs));
        foreach (var output in _outputs.ToArray())
            CarryOut(host, output);
    }

    private static string NameOf(MachineInput input) => input switch
    {
        MachineInput.FromHost from => from.Message.GetType().Name,
        MachineInput.Local local => local.Command.GetType().Name,
        _ => input.GetType().Name,
    };

    private void CarryOut(int host, MachineOutput output)
    {
        switch (output)
        {
            case MachineOutput.Send send:
                Send(host, Array.IndexOf(_hosts, send.To), send.Message);
                break;
            case MachineOutput.Continue:
                _inputs.Enqueue((host, MachineInput.Continue.Instance));
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
                _replies[reply.Message.Number] = reply.Message;
                break;
        }
    }

    private void Send(int from, int to, HostMessage message)
    {
        if (!ReferenceEquals(_encoded, message))
            Encodes.Measure(message.GetType().Name, () => (_encoded, _bytes) = (message, HostMessageCodec.Encode(message)));
        Encodes.Measure("frames", () => _out[from, to].Send(HostMessageCodec.LaneOf(message) ?? Guid.Empty, _bytes, _now, _pieces));
        Flush(from, to);
    }

    private void Flush(int from, int to)
    {
        foreach (var piece in _pieces)
            Encodes.Measure("frame", () => _frames.Enqueue((from, to, LinkCodec.Encode(_hosts[from], _hosts[to].Uid, piece))));
        _pieces.Clear();
    }

    private void Receive(int from, int to, byte[] frame)
    {
        HostMessage? message = null;
        Decodes.Measure("message", () => message = Received(from, to, frame));
        Flush(to, from);
        if (message is not null)
            _inputs.Enqueue((to, new MachineInput.FromHost(_hosts[from], message)));
    }

    private HostMessage? Received(int from, int to, byte[] frame)
    {
        switch (LinkCodec.Decode(frame).Piece)
        {
            case LinkPiece.Whole whole:
                return HostMessageCodec.Decode(whole.Message);
            case LinkPiece.Arrived arrived:
                _out[to, from].Arrived(arrived.Number, _now, _pieces);
                return null;
            case LinkPiece.Parcel parcel:
                _pieces.Add(new LinkPiece.Arrived(parcel.Number));
                return _in[to, from].Accept(parcel) is { } joined ? HostMessageCodec.Decode(joined) : null;
            default:
                throw new InvalidOperationException("a frame of no kind");
        }
    }
}
