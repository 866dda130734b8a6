using Checkpoint.Protocol;

namespace Checkpoint.Tests.Protocol;

/// <summary>The one conversion between .NET's times and SaTimeT: what does not fit saturates, nothing wraps around.</summary>
public sealed class AisTimeTests
{
    /// <summary>The last tick that SaTimeT holds: 2262-04-11 23:47:16.8547758.</summary>
    private static readonly DateTimeOffset Last = DateTimeOffset.UnixEpoch.AddTicks(long.MaxValue / 100);

    /// <summary>The first one, in 1677.</summary>
    private static readonly DateTimeOffset First = DateTimeOffset.UnixEpoch.AddTicks(-(long.MaxValue / 100));

    public static TheoryData<DateTimeOffset, long> Times => new()
    {
        { DateTimeOffset.UnixEpoch, 0 },
        { DateTimeOffset.UnixEpoch.AddTicks(1), 100 },
        { DateTimeOffset.UnixEpoch.AddTicks(-1), -100 },
        { new DateTimeOffset(1970, 1, 1, 2, 0, 0, TimeSpan.FromHours(2)), 0 },
        { Last, long.MaxValue / 100 * 100 },
        { Last.AddTicks(1), AisTime.End },
        { new DateTimeOffset(2300, 1, 1, 0, 0, 0, TimeSpan.Zero), AisTime.End },
        { new DateTimeOffset(9000, 1, 1, 0, 0, 0, TimeSpan.FromHours(-14)), AisTime.End },
        { DateTimeOffset.MaxValue, AisTime.End },
        { First, -(long.MaxValue / 100 * 100) },
        { First.AddTicks(-1), long.MinValue },
        { DateTimeOffset.MinValue, long.MinValue },
    };

    [Theory(DisplayName = "An absolute time that does not fit is never, one long before 1970 is negative")]
    [MemberData(nameof(Times))]
    public void Absolute(DateTimeOffset time, long nanoseconds) => Assert.Equal(nanoseconds, AisTime.FromUtc(time));

    public static TheoryData<TimeSpan, long> Durations => new()
    {
        { TimeSpan.Zero, 0 },
        { TimeSpan.FromTicks(1), 100 },
        { TimeSpan.FromTicks(-1), -100 },
        { Timeout.InfiniteTimeSpan, AisTime.End },
        { TimeSpan.FromMilliseconds(-2), -2_000_000 },
        { TimeSpan.FromTicks(long.MaxValue / 100), long.MaxValue / 100 * 100 },
        { TimeSpan.FromTicks((long.MaxValue / 100) + 1), AisTime.End },
        { TimeSpan.MaxValue, AisTime.End },
        { TimeSpan.FromTicks(-(long.MaxValue / 100)), -(long.MaxValue / 100 * 100) },
        { TimeSpan.FromTicks(-(long.MaxValue / 100) - 1), long.MinValue },
        { TimeSpan.MinValue, long.MinValue },
    };

    [Theory(DisplayName = "A duration that does not fit is without limit, one that is too negative stays negative")]
    [MemberData(nameof(Durations))]
    public void Relative(TimeSpan duration, long nanoseconds) => Assert.Equal(nanoseconds, AisTime.FromTimeSpan(duration));

    [Theory(DisplayName = "Every SaTimeT has a time and a duration")]
    [InlineData(long.MinValue)]
    [InlineData(-long.MaxValue)]
    [InlineData(-1L)]
    [InlineData(0L)]
    [InlineData(99L)]
    [InlineData(long.MaxValue - 1)]
    [InlineData(long.MaxValue)]
    public void Back(long nanoseconds)
    {
        Assert.Equal(nanoseconds / 100, (AisTime.ToUtc(nanoseconds) - DateTimeOffset.UnixEpoch).Ticks);
        Assert.Equal(nanoseconds == AisTime.End ? TimeSpan.MaxValue : TimeSpan.FromTicks(nanoseconds / 100), AisTime.ToTimeSpan(nanoseconds));
    }
}
