namespace Checkpoint.Actors.Diagnostics;

/// <summary>The system clock with the wall time moved by <c>faults.clock-offset</c>. Timestamps and timers are untouched.</summary>
public sealed class FaultyClock(TimeProvider clock, FaultSwitch faults) : TimeProvider
{
    public override long TimestampFrequency => clock.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + faults.Settings.ClockOffset;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);
}
