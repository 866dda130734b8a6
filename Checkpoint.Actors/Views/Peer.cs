using Checkpoint.Protocol;

namespace Checkpoint.Actors.Views;

/// <summary>What this host knows of another one from its heartbeats.</summary>
internal sealed class Peer(HostId host)
{
    private long _measuredAt;

    public HostId Host { get; } = host;

    /// <summary>From when on it counts as heard: when the last heartbeat came, by our clock; doubt moves it back, a stand-still of ours forth.</summary>
    public long HeardAt { get; set; } = long.MinValue;

    /// <summary>When the last heartbeat came, by our clock.</summary>
    public long CameAt { get; set; } = long.MinValue;

    /// <summary>Its last heartbeat said that it hears us.</summary>
    public bool HearsUs { get; set; }

    /// <summary>The newest view that it said it has adopted.</summary>
    public long View { get; set; }

    /// <summary>It has the START of <see cref="View"/>.</summary>
    public bool IsStarted { get; set; }

    /// <summary>When we sent the newest heartbeat that it has answered in the present view: a lease counts from there.</summary>
    public long LeaseFrom { get; set; } = long.MinValue;

    public long RowSentAt { get; set; } = long.MinValue;

    public long ProbedAt { get; set; } = long.MinValue;

    /// <summary>Bytes of new data that it still takes from us, counted from <see cref="Received"/>.</summary>
    public long Credit { get; set; } = long.MaxValue;

    public long Received { get; set; }

    /// <summary>Its last heartbeat said that it has no memory for sections that grow.</summary>
    public bool IsOutOfMemory { get; set; }

    /// <summary>Our clock minus its clock, at most the shortest delay too high; null before the first heartbeat.</summary>
    public long? ClockOffset { get; private set; }

    /// <summary>
    /// The smallest difference seen is the best one. It may creep up by as much as clocks may drift against each other: too low an offset
    /// would take requests for late.
    /// </summary>
    public void MeasureClock(long sentAt, long now, int driftPercent)
    {
        var sample = Saturating.Subtract(now, sentAt);
        var drift = Saturating.Multiply(now - _measuredAt, driftPercent) / 100;
        ClockOffset = ClockOffset is { } known ? Math.Min(Saturating.Add(known, drift), sample) : sample;
        _measuredAt = now;
    }
}
