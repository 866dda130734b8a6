using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>One call of the application, from the moment it is made until it has its one answer.</summary>
/// <param name="command">Names the handle by its local number, which outlives sessions.</param>
/// <param name="deadline">Nanoseconds of the connection's clock.</param>
internal sealed class Call(SessionProtocol.Command command, long deadline)
{
    private readonly TaskCompletionSource<SessionProtocol.Answer> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cleared when answered, so that what still refers to the call does not keep its data alive.</summary>
    public SessionProtocol.Command Command { get; private set; } = command;

    public long Deadline { get; } = deadline;

    /// <summary>The local handle that the command is about, or 0.</summary>
    public ulong Handle { get; } = HandleMapping.HandleOf(command);

    /// <summary>The session that it must be sent in (an iteration dies with its session), or 0 for any.</summary>
    public int Generation { get; init; }

    /// <summary>The session in which it was sent, or 0 as long as it was sent nowhere.</summary>
    public int SentIn { get; set; }

    /// <summary>Its number in that session.</summary>
    public ulong RequestId { get; set; }

    public bool IsAnswered { get; private set; }

    public Task<SessionProtocol.Answer> Answered => _answered.Task;

    public void Answer(SessionProtocol.Answer answer)
    {
        if (IsAnswered)
            throw new InvalidOperationException($"request {RequestId} has its answer already");
        IsAnswered = true;
        Command = SpentCommand.Instance;
        _answered.TrySetResult(answer);
    }

    /// <summary>From any thread: the connection has ended, so nobody else will answer what it has not yet seen.</summary>
    public void Abandon(SessionProtocol.Answer answer) => _answered.TrySetResult(answer);

    private sealed record SpentCommand : SessionProtocol.Command
    {
        public static readonly SpentCommand Instance = new();
    }
}
