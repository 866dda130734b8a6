using Checkpoint.Protocol;

namespace Checkpoint.Tests.Simulation;

/// <summary>One call of one simulated client.</summary>
/// <param name="id">Unique in the schedule; the bytes that a write writes, and the handle under which it is ordered.</param>
/// <param name="host">Of the client that asks.</param>
/// <param name="sections">Which sections it touches.</param>
/// <param name="floor">Sequences up to here were answered before it was asked for.</param>
public sealed class SimOperation(ulong id, SimHost host, SimCheckpoint checkpoint, ContentOp? change, int[] sections, long floor, long invokedAt)
{
    public ulong Id { get; } = id;

    public SimHost Host { get; } = host;

    public SimCheckpoint Checkpoint { get; } = checkpoint;

    /// <summary>Null for a read.</summary>
    public ContentOp? Change { get; } = change;

    public int[] Sections { get; } = sections;

    public long Floor { get; } = floor;

    public long InvokedAt { get; } = invokedAt;

    public AisStatus? Status { get; set; }

    public string? Reason { get; set; }

    public override string ToString() => $"{(Change is null ? "read" : Change.GetType().Name)} {Id} of {Checkpoint}, floor {Floor}, {Status}";
}
