namespace Checkpoint.Actors.Node;

/// <summary>
/// The node's one clock: <paramref name="clock"/> with timestamps in nanoseconds, whatever its own unit is, so that deadlines, leases and
/// messages between hosts need no conversion.
/// </summary>
public sealed class NanosecondClock(TimeProvider clock) : TimeProvider
{
    public override long TimestampFrequency => 1_000_000_000;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public static TimeProvider Of(TimeProvider clock) => clock.TimestampFrequency == 1_000_000_000 ? clock : new NanosecondClock(clock);

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => (long)((Int128)clock.GetTimestamp() * 1_000_000_000 / clock.TimestampFrequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);
}
