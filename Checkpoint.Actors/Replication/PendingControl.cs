using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>A change of existence until it is answered. All are idempotent, so they are tried again until the deadline.</summary>
/// <param name="deadline">By this host's clock.</param>
internal sealed class PendingControl(IncarnationId incarnation, ControlBody body, long deadline, Action<AisStatus, string?> answer)
{
    public IncarnationId Incarnation { get; } = incarnation;

    public ControlBody Body { get; } = body;

    public long Deadline { get; } = deadline;

    public bool IsAnswered { get; private set; }

    /// <summary>It is in a log here, and waits to become stable.</summary>
    public bool IsAttached { get; set; }

    /// <summary>It was ordered or sent at least once: then the end is TIMEOUT rather than TRY_AGAIN.</summary>
    public bool WasTried { get; set; }

    public ulong Id { get; set; }

    public HostId? SentTo { get; set; }

    public long RetryAt { get; set; } = long.MinValue;

    /// <summary>Answers once; later ones are ignored.</summary>
    public void Answer(AisStatus status, string? reason = null)
    {
        if (IsAnswered)
            return;
        IsAnswered = true;
        answer(status, reason);
    }
}
