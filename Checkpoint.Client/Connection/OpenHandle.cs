using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>How one of the application's handles stands to the present session.</summary>
internal enum HandlePhase
{
    /// <summary>It has no handle in the present session; calls on it wait.</summary>
    Detached = 1,
    Attached = 2,

    /// <summary>Its checkpoint no longer exists, or it was closed: every call ends in BAD_HANDLE.</summary>
    Gone = 3,
}

/// <summary>One handle of the application: the same incarnation of one checkpoint in whatever session.</summary>
/// <param name="id">The local number; 0 is none.</param>
/// <param name="flags">Its rights, without CREATE: attaching never creates.</param>
internal sealed class OpenHandle(ulong id, CheckpointName name, IncarnationId incarnation, OpenFlags flags)
{
    public ulong Id { get; } = id;

    public CheckpointName Name { get; } = name;

    public HandlePhase Phase { get; set; } = HandlePhase.Detached;

    /// <summary>Its number in the present session while attached.</summary>
    public ulong Remote { get; set; }

    /// <summary>Somebody reads its changes, so every new session is told to track.</summary>
    public bool IsTracked { get; set; }

    /// <summary>The present session tracks it.</summary>
    public bool IsTrackConfirmed { get; set; }

    /// <summary>The request of ours about it (attach or track) that is on its way, or 0.</summary>
    public ulong OwnRequest { get; set; }

    /// <summary>When the own request on its way counts as lost, or when the next may go out.</summary>
    public long OwnRequestAt { get; set; }

    /// <summary>The highest request about it that was, or may have been, done.</summary>
    public ulong LastExecuted { get; set; }

    /// <summary>Calls that wait for it to be attached, in the order in which they were made.</summary>
    public Queue<Call> Waiting { get; } = new();

    /// <summary>It still needs a request of ours before it is in this session what it was in the last.</summary>
    public bool IsUnsettled => Phase == HandlePhase.Detached || (Phase == HandlePhase.Attached && IsTracked && !IsTrackConfirmed);

    /// <summary>The request that brings it one step nearer.</summary>
    public SessionProtocol.Command NextStep() =>
        Phase == HandlePhase.Detached ? new SessionProtocol.Attach(Name, incarnation, flags) : new SessionProtocol.Track(Remote, true);

    public void Detach()
    {
        if (Phase == HandlePhase.Attached)
            Phase = HandlePhase.Detached;
        Remote = 0;
        IsTrackConfirmed = false;
        OwnRequest = 0;
        OwnRequestAt = 0;
    }
}
