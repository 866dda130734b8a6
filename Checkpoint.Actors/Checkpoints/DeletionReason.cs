namespace Checkpoint.Actors.Checkpoints;

/// <summary>Why an incarnation ended. The values are in the journal: never renumber.</summary>
public enum DeletionReason : byte
{
    /// <summary>The last close of an unlinked one, or of one with retention 0.</summary>
    Closed = 1,

    /// <summary>Its retention ran out.</summary>
    RetentionEnded = 2,

    /// <summary>Unlinked while nobody had it open.</summary>
    Unlinked = 3,

    /// <summary>Its last replica is gone.</summary>
    Lost = 4,

    /// <summary>Its creation was recorded but did not reach the replicas in time.</summary>
    NotCreated = 5,

    /// <summary>Replicas of it live, but the journal knows nothing of it.</summary>
    Unknown = 6,
}
