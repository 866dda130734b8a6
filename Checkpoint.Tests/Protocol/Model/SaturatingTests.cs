using System.Numerics;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Protocol.Model;

/// <summary>The one place for arithmetic on numbers of callers and peers, at every boundary of its types, against numbers without bounds.</summary>
public sealed class SaturatingTests
{
    private static readonly long[] Values =
    [
        .. Enumerable.Range(0, 64).SelectMany(bit => new[] { (1L << bit) - 1, 1L << bit, (1L << bit) + 1 }).SelectMany(value => new[] { value, unchecked(-value) }).Distinct(),
        .. new[] { 10L, 100, 1_000_000_000, long.MaxValue / 100, (long.MaxValue / 100) + 1, long.MinValue / 100, (long.MinValue / 100) - 1 },
    ];

    [Fact(DisplayName = "Sums, differences and products stay at the end of the type instead of wrapping round")]
    public void Operations()
    {
        foreach (var a in Values)
            foreach (var b in Values)
            {
                Assert.Equal(Clamped((BigInteger)a + b), Saturating.Add(a, b));
                Assert.Equal(Clamped((BigInteger)a - b), Saturating.Subtract(a, b));
                Assert.Equal(Clamped((BigInteger)a * b), Saturating.Multiply(a, b));
            }
    }

    [Fact(DisplayName = "A number that is too large for a smaller type becomes its largest")]
    public void Conversions()
    {
        foreach (var value in Values)
        {
            Assert.Equal((int)BigInteger.Max(int.MinValue, BigInteger.Min(int.MaxValue, value)), Saturating.ToInt32(value));
            Assert.Equal(Clamped(unchecked((ulong)value)), Saturating.ToInt64(unchecked((ulong)value)));
        }
    }

    [Fact(DisplayName = "A range of bytes knows where it ends for every offset and length, and what it is within")]
    public void Ranges()
    {
        foreach (var offset in Values)
            foreach (var length in Values)
            {
                var range = ByteRange.Of(offset, length);
                var end = (BigInteger)unchecked((ulong)offset) + unchecked((ulong)length);
                Assert.Equal(end, (BigInteger)range.End);
                Assert.Equal(length == 0, range.IsEmpty);
                foreach (var limit in new ulong[] { 0, 1, 64UL << 20, (ulong)long.MaxValue, 1UL << 63, ulong.MaxValue - 1, ulong.MaxValue })
                    Assert.Equal(end <= limit, range.IsWithin(limit));
                if (end <= long.MaxValue)
                    Assert.Equal(end, range.EndSize);
                else
                    Assert.Throws<OverflowException>(() => range.EndSize);
            }
    }

    [Fact(DisplayName = "A date or a duration that does not fit into SaTimeT is for ever, never a moment in the past")]
    public void Times()
    {
        Assert.Equal(AisTime.End, AisTime.FromUtc(DateTimeOffset.MaxValue));
        Assert.Equal(AisTime.End, AisTime.FromUtc(new DateTimeOffset(2300, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal(AisTime.End, AisTime.FromUtc(new DateTimeOffset(9000, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal(9_223_286_400L * AisTime.NanosecondsPerSecond, AisTime.FromUtc(new DateTimeOffset(2262, 4, 11, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal(long.MinValue, AisTime.FromUtc(DateTimeOffset.MinValue));
        Assert.Equal(AisTime.End, AisTime.FromTimeSpan(TimeSpan.MaxValue));
        Assert.Equal(AisTime.End, AisTime.FromTimeSpan(Timeout.InfiniteTimeSpan));
        Assert.Equal(long.MinValue, AisTime.FromTimeSpan(TimeSpan.MinValue));
        foreach (var time in Values)
            Assert.Equal(time - (time % 100), AisTime.FromUtc(AisTime.ToUtc(time))); // Ticks have 100 ns.
    }

    private static long Clamped(BigInteger value) => (long)BigInteger.Max(long.MinValue, BigInteger.Min(long.MaxValue, value));
}
