namespace Checkpoint.Protocol;

/// <summary>SaTimeT: signed 64-bit nanoseconds; absolute times count from 1970 UTC (ais-ckpt 3.1).</summary>
public static class AisTime
{
    /// <summary>SA_TIME_END and SA_TIME_MAX: never, or without limit.</summary>
    public const long End = long.MaxValue;

    /// <summary>SA_TIME_UNKNOWN, the only negative value with a name.</summary>
    public const long Unknown = long.MinValue;

    public const long NanosecondsPerMillisecond = 1_000_000;
    public const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The present time of <paramref name="clock"/> in nanoseconds since 1970 UTC.</summary>
    public static long Now(TimeProvider clock) => FromUtc(clock.GetUtcNow());

    /// <summary>Nanoseconds since 1970 UTC. A date that does not fit (from 2262-04-11 on) is <see cref="End"/>.</summary>
    public static long FromUtc(DateTimeOffset time) => Saturating.Multiply(time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks, 100);

    public static DateTimeOffset ToUtc(long nanoseconds) =>
        new(DateTimeOffset.UnixEpoch.UtcTicks + (nanoseconds / 100), TimeSpan.Zero);

    /// <summary>A duration in nanoseconds; <see cref="Timeout.InfiniteTimeSpan"/> becomes <see cref="End"/>.</summary>
    public static long FromTimeSpan(TimeSpan duration) =>
        duration == Timeout.InfiniteTimeSpan ? End : Saturating.Multiply(duration.Ticks, 100);

    /// <summary>A duration; <see cref="End"/> becomes <see cref="TimeSpan.MaxValue"/>.</summary>
    public static TimeSpan ToTimeSpan(long nanoseconds) =>
        nanoseconds == End ? TimeSpan.MaxValue : TimeSpan.FromTicks(nanoseconds / 100);
}
