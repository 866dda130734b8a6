using Checkpoint.Protocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// What every command to an entity carries. Whoever asks sends the same command again, on the same number, until it is answered or its
/// deadline has passed; asker and number name it, and the entity does it once.
/// </summary>
public abstract record CheckpointCommand(CheckpointName Name, ulong Number, long Deadline) : CheckpointProtocol.ICommand
{
    /// <summary>
    /// The session whose client asks, or another who numbers its own questions upward. The default value asks once and never again, and
    /// nothing is remembered for it.
    /// </summary>
    public SessionId Asker { get; init; }

    /// <summary>The asker waits for no answer up to this number: copies of those that are still on their way are not to be done any more.</summary>
    public ulong AnsweredTo { get; init; }

    public bool IsRepeated => Asker != default;

    /// <summary>What a journal row says of the request that wrote it; null for one that is never repeated.</summary>
    public RequestOrigin? Origin => IsRepeated ? new RequestOrigin(Asker, Number, AnsweredTo, Deadline) : null;
}

/// <summary>Names a request for ever.</summary>
public readonly record struct RequestId(SessionId Asker, ulong Number);

/// <summary>The request that a journal row comes from.</summary>
/// <param name="AnsweredTo">See <see cref="CheckpointCommand.AnsweredTo"/>.</param>
/// <param name="Deadline">AIS time after which no copy of it is done any more.</param>
public sealed record RequestOrigin(SessionId Asker, ulong Number, ulong AnsweredTo, long Deadline)
{
    public RequestId Id => new(Asker, Number);
}

/// <summary>What every entity's reply carries.</summary>
/// <param name="Number">The command's.</param>
public abstract record CheckpointReply(ulong Number) : CheckpointProtocol.IReply
{
    public abstract AisStatus Status { get; }
}
