using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Host.Configuration;

/// <summary>The <c>replication</c> block: what an operator may choose of the replication.</summary>
/// <param name="MemoryMaxBytes">16 MiB to 64 GiB.</param>
/// <param name="CheckpointsMax">1 to 1,000,000.</param>
/// <param name="Heartbeat">10 ms to 1 s.</param>
/// <param name="Detection">50 ms to 10 s, at least three heartbeats.</param>
public sealed record ReplicationOptions(long MemoryMaxBytes, int CheckpointsMax, TimeSpan Heartbeat, TimeSpan Detection)
{
    private const int HeartbeatsInDetectionMin = 3;

    /// <summary>So often the journal's actor looks at most until it answers one request; each look has the journal's timeout.</summary>
    private const int JournalLooksMax = 3;

    public static ReplicationOptions Read(OptionsReader reader)
    {
        var options = new ReplicationOptions(
            reader.Bytes("replication.memory-max", 16L * 1024 * 1024, 64L * 1024 * 1024 * 1024),
            reader.Number("replication.checkpoints-max", 1, 1_000_000),
            reader.Duration("replication.heartbeat", TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1)),
            reader.Duration("replication.detection", TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10)));
        reader.Relate(
            options.Detection >= options.Heartbeat * HeartbeatsInDetectionMin,
            "replication.detection", $"at least {HeartbeatsInDetectionMin} times", "replication.heartbeat",
            "one lost heartbeat would cost a host its process");
        return options;
    }

    /// <summary>All that the machine may be told; everything else of <see cref="MachineOptions"/> is a constant.</summary>
    public MachineOptions ForMachine(AgentOptions agent) => new()
    {
        TickInterval = AisTime.FromTimeSpan(agent.Tick),
        Heartbeat = AisTime.FromTimeSpan(Heartbeat),
        Detection = AisTime.FromTimeSpan(Detection),
        BytesMax = MemoryMaxBytes,
        IncarnationsMax = CheckpointsMax,
        JournalPatience = JournalLooksMax * AisTime.FromTimeSpan(agent.JournalTimeout),
    };
}
