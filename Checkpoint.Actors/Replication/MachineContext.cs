using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>What the parts of one machine share: who it is, the present step's time, and where outputs go.</summary>
internal sealed class MachineContext(HostId self, MachineOptions options, ulong seed)
{
    private List<MachineOutput> _outputs = [];
    private ulong _random = seed;
    private ulong _lastId;
    private MachineJobs? _jobs;

    public HostId Self { get; } = self;

    public MachineOptions Options { get; } = options;

    /// <summary>Monotonic nanoseconds.</summary>
    public long Now { get; private set; }

    /// <summary>Nanoseconds since 1970 UTC.</summary>
    public long Wall { get; private set; }

    /// <summary>What is too much for one step.</summary>
    public MachineJobs Jobs => _jobs ??= new MachineJobs(this);

    public void Begin(long now, long wall, List<MachineOutput> outputs)
    {
        Now = Math.Max(Now, now);
        Wall = wall;
        _outputs = outputs;
    }

    public void Out(MachineOutput output) => _outputs.Add(output);

    public void Send(HostId to, HostMessage message) => _outputs.Add(new MachineOutput.Send(to, message));

    public void Reply(object caller, ReplicaAgentProtocol.IReply reply) => _outputs.Add(new MachineOutput.Reply(caller, reply));

    public void Log(MachineOutput.LogLevel level, string text) => _outputs.Add(new MachineOutput.Log(level, text));

    /// <summary>Unique in this run of this host.</summary>
    public ulong NextId() => ++_lastId;

    /// <summary>SplitMix64: the same seed gives the same numbers.</summary>
    public ulong NextRandom()
    {
        var z = _random += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
