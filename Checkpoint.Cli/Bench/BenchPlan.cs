namespace Checkpoint.Cli.Bench;

/// <summary>What a run measures and for how long. All bounds of a run stand here.</summary>
/// <param name="Sizes">Bytes.</param>
/// <param name="Outstanding">Operations on their way at once.</param>
/// <param name="Duration">Of one measurement.</param>
/// <param name="Handles">Opened and then closed, one measurement each.</param>
public sealed record BenchPlan(
    bool IsQuick, IReadOnlyList<CreationFlags> Kinds, IReadOnlyList<int> Sizes, IReadOnlyList<int> Outstanding, TimeSpan Duration, int Handles)
{
    /// <summary>Sections that writes and reads go around in, so that outstanding ones rarely meet.</summary>
    public const int Sections = 64;

    /// <summary>Sections created and deleted by one measurement at most.</summary>
    public const int ChurnMax = 5_000;

    public const int ManySections = 10_000;

    /// <summary>The other end of the flatness comparison.</summary>
    public const int FewSections = 10;

    /// <summary>Bytes of a section in the flatness comparison and in the iteration.</summary>
    public const int SmallSectionBytes = 64;

    public const int FlatnessRounds = 5;

    /// <summary>In a round the two checkpoints take turns after so many writes, so that a noisy neighbour hits both.</summary>
    public const int FlatnessWritesPerTurn = 50;

    public const int FlatnessTurnsPerRound = 8;

    /// <summary>A slow cluster ends a round early.</summary>
    public static readonly TimeSpan FlatnessRoundMax = TimeSpan.FromSeconds(2);

    private static readonly CreationFlags[] BothKinds = [CreationFlags.WriteAllReplicas, CreationFlags.WriteActiveReplica];

    public static readonly BenchPlan Full =
        new(false, BothKinds, [64, 1024, 16 * 1024, 256 * 1024], [1, 8, 64], TimeSpan.FromSeconds(3), 500);

    /// <summary>Within 60 s, connecting and cleaning up included.</summary>
    public static readonly BenchPlan Quick = new(true, BothKinds, [64, 16 * 1024], [1, 64], TimeSpan.FromSeconds(1), 100);

    /// <summary>Writes and reads, section create and delete, open and close, iteration.</summary>
    public int Measurements => (Kinds.Count * Sizes.Count * Outstanding.Count * 2) + (Outstanding.Count * 2) + 2 + 1;
}
