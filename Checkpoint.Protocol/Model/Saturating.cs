namespace Checkpoint.Protocol;

/// <summary>
/// The one place for sums, differences and products of numbers that come from a caller or a peer: times, deadlines, byte counts. What does not fit
/// stays at the end of its type, which for a time is <see cref="AisTime.End"/>. Where a caller's bytes lie is <see cref="ByteRange"/>'s to say.
/// </summary>
public static class Saturating
{
    public static long Add(long a, long b)
    {
        var sum = unchecked(a + b);
        var overflows = ((a ^ sum) & (b ^ sum)) < 0; // Both have one sign and the sum has the other.
        return overflows ? Limit(isNegative: a < 0) : sum;
    }

    public static long Subtract(long a, long b)
    {
        var difference = unchecked(a - b);
        var overflows = ((a ^ b) & (a ^ difference)) < 0;
        return overflows ? Limit(isNegative: a < 0) : difference;
    }

    public static long Multiply(long a, long b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high == low >> 63 ? low : Limit(isNegative: (a < 0) != (b < 0));
    }

    /// <summary>At most <see cref="long.MaxValue"/>.</summary>
    public static long ToInt64(ulong value) => (long)Math.Min(value, long.MaxValue);

    /// <summary>The nearest number that an int can be.</summary>
    public static int ToInt32(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    private static long Limit(bool isNegative) => isNegative ? long.MinValue : long.MaxValue;
}
