namespace Checkpoint.Actors.Transit;

/// <summary>What the clients of one host may hold of its memory together, besides checkpoints; <c>checkpoint.sessions.in-flight-node-max</c>.</summary>
public sealed class TransitBudgets(long bytesMax, TimeProvider clock)
{
    /// <summary>Iterations live for as long as a client likes, so they have a part of their own and keep no answer waiting.</summary>
    private const int IterationsDivisor = 4;

    /// <summary>What a section id costs that an iteration holds, besides its bytes.</summary>
    public const int IdOverheadBytes = 48;

    /// <summary>Content on its way from clients.</summary>
    public ByteBudget Requests { get; } = new("of requests", bytesMax, clock);

    /// <summary>Content, descriptors and events on their way to clients.</summary>
    public ByteBudget Answers { get; } = new("of answers", bytesMax, clock);

    /// <summary>Section ids that iterations hold.</summary>
    public ByteBudget Iterations { get; } = new("of section ids in iterations", bytesMax / IterationsDivisor, clock);
}
