using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Host.Configuration;

/// <summary>What an operator may choose of the replication; everything else of <see cref="MachineOptions"/> is a constant.</summary>
public static class ReplicationOptions
{
    private const int HeartbeatsInDetectionMin = 3;

    public static MachineOptions Read(OptionsReader reader)
    {
        var heartbeat = reader.Duration("replication.heartbeat", TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));
        var detection = reader.Duration("replication.detection", TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10));
        if (detection < heartbeat * HeartbeatsInDetectionMin)
            reader.Fault("replication.detection", $"is below {HeartbeatsInDetectionMin} times checkpoint.replication.heartbeat: one lost heartbeat would cost a host its process");

        return MachineOptions.Default with
        {
            BytesMax = reader.Bytes("replication.memory-max", 16L * 1024 * 1024, 64L * 1024 * 1024 * 1024),
            IncarnationsMax = reader.Number("replication.checkpoints-max", 1, 1_000_000),
            Heartbeat = heartbeat.Ticks * (AisTime.NanosecondsPerMillisecond / TimeSpan.TicksPerMillisecond),
            Detection = detection.Ticks * (AisTime.NanosecondsPerMillisecond / TimeSpan.TicksPerMillisecond),
        };
    }
}
