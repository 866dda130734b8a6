using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Simulation;

/// <summary>One run of one process: a machine with its own clock.</summary>
public sealed class SimHost(HostId id, int slot, MachineOptions options, ulong seed, long startedAt, long clockBase, double clockRate)
{
    public HostId Id { get; } = id;

    /// <summary>Which address.</summary>
    public int Slot { get; } = slot;

    public HostMachine Machine { get; } = new(id, options, seed);

    public bool IsAlive { get; set; } = true;

    public bool IsLeftOut { get; set; }

    public bool IsRetired { get; set; }

    /// <summary>Work on content of this kind throws at this host now.</summary>
    public ContentStep? Throws { get; set; }

    /// <summary>Inputs that came while it was paused.</summary>
    public Queue<MachineInput> Stalled { get; } = new();

    public bool IsPaused { get; set; }

    public List<MachineOutput> Outputs { get; } = [];

    public bool Runs => IsAlive && !IsPaused;

    /// <summary>This process's monotonic clock.</summary>
    public long ClockAt(long time) => clockBase + (long)((time - startedAt) * clockRate);
}
