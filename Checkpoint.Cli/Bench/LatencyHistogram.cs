using System.Numerics;

namespace Checkpoint.Cli.Bench;

/// <summary>
/// Latencies in nanoseconds, in buckets whose width grows with their value: a percentile is off by less than 1 part in 128, and the
/// memory is the same for ten samples as for ten million. Not thread-safe: one for each worker, merged at the end.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>Each power of two has 2^7 buckets: their width is at most 1/128 of what they hold.</summary>
    private const int SubBits = 7;

    private const int SubBuckets = 1 << SubBits;

    // Values below 2^7 have a bucket each; each of the 56 powers of two above has 2^7.
    private readonly long[] _counts = new long[SubBuckets * (64 - SubBits)];
    private long _max;

    public long Count { get; private set; }

    /// <summary>Exact; 0 when empty.</summary>
    public long Max => _max;

    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public void Record(long nanoseconds, long count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _counts[IndexOf(nanoseconds)] += count;
        Count += count;
        _max = Math.Max(_max, nanoseconds);
    }

    /// <summary>The largest sample, where what was recorded was rounded.</summary>
    public void SetMax(long nanoseconds) => _max = nanoseconds;

    public void Add(LatencyHistogram other)
    {
        for (var index = 0; index < _counts.Length; index++)
            _counts[index] += other._counts[index];
        Count += other.Count;
        _max = Math.Max(_max, other._max);
    }

    /// <summary>The nearest-rank percentile: so many of the samples are at or below it. 0 when empty.</summary>
    /// <param name="percent">Above 0, at most 100.</param>
    public long Percentile(double percent)
    {
        if (percent is not (> 0 and <= 100))
            throw new ArgumentOutOfRangeException(nameof(percent), percent, "above 0, at most 100");
        if (Count == 0)
            return 0;

        var rank = (long)Math.Ceiling(percent / 100 * Count);
        var seen = 0L;
        for (var index = 0; index < _counts.Length; index++)
        {
            seen += _counts[index];
            if (seen >= rank)
                return Math.Min(Middle(index), _max);
        }

        throw new InvalidOperationException($"{seen} samples counted, {Count} recorded");
    }

    private static int IndexOf(long value)
    {
        if (value < SubBuckets)
            return (int)value;
        var shift = 63 - BitOperations.LeadingZeroCount((ulong)value) - SubBits;
        return (int)(((shift + 1) * SubBuckets) + (value >> shift) - SubBuckets);
    }

    private static long Middle(int index)
    {
        if (index < SubBuckets)
            return index;
        var shift = (index / SubBuckets) - 1;
        var low = (long)((index % SubBuckets) + SubBuckets) << shift;
        return low + ((1L << shift) / 2);
    }
}
