using Checkpoint.Actors.Content;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Simulation.SimProfile;

namespace Checkpoint.Tests.Simulation;

/// <summary>
/// Hosts, network, journal and time of one schedule, in one thread. Everything that happens is an event in a queue; the seed decides
/// when, and whether.
/// </summary>
public sealed class SimWorld
{
    private static readonly MachineOptions Options = new()
    {
        TickInterval = 10 * Millisecond,
        Heartbeat = 75 * Millisecond,
        Detection = 275 * Millisecond,
        BytesMax = 2L * 1024 * 1024 * 1024,
        IncarnationsMax = 100_000,
        JournalPatience = 5_000 * Millisecond,
        FillWindow = 2,
        RoundsMax = 2,
        TombstoneTime = 4 * Second, // Above every fault's duration and every deadline here, as the real one is there.
    };

    /// <summary>A vector of three elements is checked, applied and read an element at a time.</summary>
    private static readonly MachineOptions Sliced = Options with { StepWorkMax = 2 * ContentWork.PerElement, SliceWork = 1 };

    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly Dictionary<(int From, int To), long> _lastArrival = [];
    private readonly HashSet<(int From, int To)> _cuts = [];
    private readonly Dictionary<int, long> _aloneSince = [];
    private long _order;

    public SimWorld(ulong seed, SimProfile profile)
    {
        (Seed, Profile, Random) = (seed, profile, new SimRandom(seed));
        Checker = new SimChecker(this);
        for (var slot = 0; slot < profile.Hosts; slot++)
            Start(slot, Random.Between(0, 200) * Millisecond);
    }

    public ulong Seed { get; }

    public SimProfile Profile { get; }

    public SimRandom Random { get; }

    public SimJournal Journal { get; } = new();

    public SimChecker Checker { get; }

    public long Time { get; private set; }

    public long Wall => Time + (1_700_000_000 * Second);

    /// <summary>Every process that ever ran.</summary>
    public List<SimHost> Hosts { get; } = [];

    public bool IsFaulty { get; set; } = true;

    /// <summary>Times that a machine asked to go on.</summary>
    public long Slices { get; private set; }

    /// <summary>Told of every output that is not the world's own business.</summary>
    public Action<SimHost, MachineOutput> Told { get; set; } = (_, _) => { };

    public Action<SimHost> Started { get; set; } = _ => { };

    public List<string>? Trace { get; set; }

    public SimHost? Running(int slot) => Hosts.Find(host => host.Slot == slot && host.IsAlive);

    public IEnumerable<SimHost> Alive => Hosts.Where(host => host.IsAlive);

    public void At(long delay, Action action) => _events.Enqueue(action, (Time + delay, ++_order));

    public void RunUntil(long time)
    {
        while (_events.TryPeek(out _, out var at) && at.Time <= time)
        {
            var action = _events.Dequeue();
            Time = at.Time;
            action();
        }

        Time = time;
    }

    /// <summary>Until the condition holds, or the time is over.</summary>
    public bool RunUntil(Func<bool> condition, long timeMax)
    {
        var end = Time + timeMax;
        while (!condition())
        {
            if (Time >= end)
                return false;
            RunUntil(Math.Min(end, Time + (20 * Millisecond)));
        }

        return true;
    }

    public void Step(SimHost host, MachineInput input)
    {
        if (!host.IsAlive)
            return;
        if (host.IsPaused)
        {
            host.Stalled.Enqueue(input);
            return;
        }

        Trace?.Add($"{Time / 1000,10} {host.Id} <- {input}");
        host.Outputs.Clear();
        host.Machine.Step(input, host.ClockAt(Time), Wall, host.Outputs);
        foreach (var output in host.Outputs.ToArray())
            CarryOut(host, output);
    }

    public void Crash(SimHost host)
    {
        Trace?.Add($"{Time / 1000,10} {host.Id} crashes");
        host.IsAlive = false;
        Checker.OnEnded(host);
        foreach (var other in Alive)
            if (Random.Chance(0.7))
                At(Random.Between(1, 30) * Millisecond, () => Step(other, new MachineInput.Suspect(host.Id)));
        At(Random.Between(50, 400) * Millisecond, TellMembership);
        At(Random.Between(100, 1500) * Millisecond, () => Start(host.Slot, 0));
    }

    public void Pause(SimHost host, long duration)
    {
        host.IsPaused = true;
        At(duration, () => Resume(host));
    }

    public void Resume(SimHost host)
    {
        if (!host.IsPaused)
            return;
        host.IsPaused = false;
        while (host.Stalled.TryDequeue(out var input))
            Step(host, input);
    }

    public void Cut(int from, int to, long duration)
    {
        _cuts.Add((from, to));
        if (IsCutFromAll(from))
            _aloneSince.TryAdd(from, Time);
        if (IsCutFromAll(to))
            _aloneSince.TryAdd(to, Time);
        At(duration, () => Mend(from, to));
    }

    public void Heal()
    {
        _cuts.Clear();
        _aloneSince.Clear();
        Journal.IsAway = false;
        foreach (var host in Hosts)
        {
            host.Throws = null;
            Resume(host);
        }

        IsFaulty = false;
    }

    public bool IsCut(int from, int to) => _cuts.Contains((from, to));

    /// <summary>Since when nothing that is sent comes to this host or leaves it; null while something may.</summary>
    public long? AloneSince(int slot) => _aloneSince.TryGetValue(slot, out var since) ? since : null;

    private bool IsCutFromAll(int slot) =>
        Enumerable.Range(0, Profile.Hosts).All(other => other == slot || (IsCut(slot, other) && IsCut(other, slot)));

    private void Mend(int from, int to)
    {
        _cuts.Remove((from, to));
        _aloneSince.Remove(from);
        _aloneSince.Remove(to);
    }

    private void Start(int slot, long delay) => At(delay, () =>
    {
        if (Running(slot) is not null)
            return;
        var rate = 1 + ((Random.Below((2 * Profile.DriftPerMille) + 1) - Profile.DriftPerMille) / 1000.0);
        var id = new HostId($"host{slot}:1", (long)(Random.Next() >> 2));
        SimHost host = null!;
        var options = (Profile.Slices ? Sliced : Options) with { ContentFault = (step, _, op) => Throw(host, step, op) };
        host = new SimHost(id, slot, options, Random.Next(), Time, Random.Between(1, 1000) * Second, rate);
        Trace?.Add($"{Time / 1000,10} {id} starts");
        Hosts.Add(host);
        Tick(host);
        Started(host);
        At(Random.Between(20, 200) * Millisecond, TellMembership);
    });

    private void Throw(SimHost host, ContentStep step, ContentOp? op)
    {
        if (host.Throws == step || (Profile.PoisonPerMille > 0 && step == Profile.PoisonStep && SimClient.IsPoison(op)))
            throw new InjectedFaultException($"the schedule throws in {step} at {host.Id}");
    }

    private void Tick(SimHost host)
    {
        if (!host.IsAlive)
            return;
        if (!host.IsPaused)
            Step(host, MachineInput.Tick.Instance);
        At(Options.TickInterval, () => Tick(host));
    }

    private void TellMembership()
    {
        HostId[] up = [.. Alive.Select(host => host.Id)];
        foreach (var host in Alive.ToArray())
            Step(host, new MachineInput.Membership(up, []));
    }

    private void CarryOut(SimHost host, MachineOutput output)
    {
        switch (output)
        {
            case MachineOutput.Send send:
                Checker.OnSend(host, send.Message);
                Transmit(host, send.To, send.Message);
                break;
            case MachineOutput.Continue:
                // Not drawn: schedules without slices stay what they were. A slice waits behind what has come by then, and now and then for long.
                At((++Slices % 16 == 0 && IsFaulty ? 400 : 1 + (Slices % 5)) * (Millisecond / 20), () => Step(host, MachineInput.Continue.Instance));
                break;
            case MachineOutput.AppendView append:
                At(JournalDelay(), () => Append(host, append.Row));
                break;
            case MachineOutput.ReadViews:
                At(JournalDelay(), () => Step(host, Journal.IsAway ? MachineInput.JournalAway.Instance : new MachineInput.ViewRow(Journal.Newest)));
                break;
            case MachineOutput.Probe probe:
                if (Hosts.Find(other => other.Id == probe.Host) is { IsAlive: false } && (Profile.KernelKnows || !IsFaulty))
                    At(Random.Between(1, 5) * Millisecond, () => Step(host, new MachineInput.KnownDead(probe.Host, "the kernel says so")));
                break;
            case MachineOutput.Publish { Event: ReplicaAgentProtocol.LeftOut }:
                host.IsLeftOut = true;
                Checker.OnEnded(host);
                At(Random.Between(5, 50) * Millisecond, () => Crash(host));
                break;
            case MachineOutput.Log log:
                Trace?.Add($"{Time / 1000,10} {host.Id} LOG {log.Text}");
                Checker.OnOutput(host, log);
                break;
            default:
                Trace?.Add($"{Time / 1000,10} {host.Id} -> {output}");
                Checker.OnOutput(host, output);
                Told(host, output);
                break;
        }
    }

    private long JournalDelay() => Random.Chance(0.9) ? Random.Between(1, 10) * Millisecond : Random.Between(20, 900) * Millisecond;

    private void Append(SimHost host, View row)
    {
        if (Journal.IsAway)
        {
            // It may have come to the journal, and only the answer is lost.
            if (Random.Chance(0.3) && Journal.TryAppend(row))
                Checker.OnRow(row);
            Step(host, MachineInput.JournalAway.Instance);
            return;
        }

        var won = Journal.TryAppend(row);
        if (won)
            Checker.OnRow(row);
        At(JournalDelay(), () => Step(host, new MachineInput.ViewAppended(row.Number, won, Journal.Newest)));
    }

    private void Transmit(SimHost from, HostId to, HostMessage message)
    {
        if (Hosts.Find(host => host.Id == to) is not { } target || IsCut(from.Slot, target.Slot))
            return;
        if (IsFaulty && Random.Chance(Profile.Loss))
            return;
        Deliver(from, target, message);
        if (IsFaulty && Random.Chance(Profile.Duplication))
            Deliver(from, target, message);
    }

    private void Deliver(SimHost from, SimHost to, HostMessage message)
    {
        var delay = Random.Between(50_000, Profile.DelayMax);
        if (IsFaulty && Random.Chance(Profile.LongDelay))
            delay *= Random.Between(2, 30);
        var arrival = Time + delay;
        if (!Profile.Reorders)
        {
            var key = (from.Slot, to.Slot);
            arrival = Math.Max(arrival, _lastArrival.GetValueOrDefault(key) + 1);
            _lastArrival[key] = arrival;
        }

        _events.Enqueue(() => Step(to, new MachineInput.FromHost(from.Id, message)), (arrival, ++_order));
    }
}
