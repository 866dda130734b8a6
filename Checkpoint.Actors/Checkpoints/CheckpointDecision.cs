using Checkpoint.Protocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>What <see cref="CheckpointRules"/> makes of a command. A closed set.</summary>
public abstract record CheckpointDecision
{
    private CheckpointDecision()
    {
    }

    /// <summary>Nothing changes; the caller gets the status.</summary>
    public sealed record Refuse(AisStatus Status, string Reason) : CheckpointDecision;

    /// <summary>A new incarnation under the name.</summary>
    public sealed record Create(CreationAttributes Attributes) : CheckpointDecision;

    /// <summary>One more opener of a living incarnation.</summary>
    /// <param name="StopRetention">Nobody has it open so far: the journal must say that now somebody has.</param>
    /// <param name="AddReplica">Collocated, and the opener's host has no replica yet.</param>
    public sealed record Join(CheckpointLife Life, bool StopRetention, bool AddReplica) : CheckpointDecision;

    /// <summary>These become true, in this order; none may be needed.</summary>
    public sealed record Record(IReadOnlyList<CheckpointEvents.IEvent> Events) : CheckpointDecision
    {
        public static readonly Record Nothing = new([]);

        public bool Deletes => Events.Any(e => e is CheckpointEvents.Deleted);
    }
}
