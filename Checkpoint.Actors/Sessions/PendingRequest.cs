using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>A request without an answer. It is asked at the service once at a time, and again after TRY_AGAIN while its deadline allows.</summary>
internal sealed class PendingRequest(ulong requestId, SessionProtocol.Command command, long deadline)
{
    public ulong RequestId => requestId;

    public SessionProtocol.Command Command => command;

    /// <summary>Monotonic nanoseconds.</summary>
    public long Deadline => deadline;

    /// <summary>Of the question on its way, or 0 while it waits to be asked again.</summary>
    public ulong Number { get; set; }

    public int Attempts { get; set; }

    public long RetryAt { get; set; }

    /// <summary>Why it was not executed when it was last asked.</summary>
    public string? LastReason { get; set; }

    public OpenHandle? Handle { get; init; }

    /// <summary>Counted against the client's bytes in flight.</summary>
    public long Bytes { get; init; }

    /// <summary>Reads and iterations: where the answer's bytes are reserved.</summary>
    public Reservation? Room { get; set; }

    /// <summary>One of <see cref="HeldReads"/>.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Open and Attach: who opens.</summary>
    public CheckpointProtocol.Opener? Opener { get; set; }

    public CheckpointName? Name { get; init; }

    public SectionIteration? Iteration { get; init; }

    public IReadOnlyList<SectionId> Slice { get; set; } = [];

    /// <summary>Changes: the lane that keeps their order, and the place in it.</summary>
    public ChangeLane? Lane { get; set; }

    public long Order { get; set; }
}
