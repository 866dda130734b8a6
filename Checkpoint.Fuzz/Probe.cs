namespace Checkpoint.Fuzz;

/// <summary>What the instrumented decoder calls at each of its sequence points (<see cref="Instrumenter"/>). One thread.</summary>
public static class Probe
{
    public const int PointsMax = 1 << 16;

    private static readonly byte[] Counts = new byte[PointsMax];

    /// <summary>How often each point was passed since <see cref="Clear"/>, at most 255 times.</summary>
    public static ReadOnlySpan<byte> Hits => Counts;

    public static void Hit(int point)
    {
        if (Counts[point] < byte.MaxValue)
            Counts[point]++;
    }

    public static void Clear() => Array.Clear(Counts);
}
