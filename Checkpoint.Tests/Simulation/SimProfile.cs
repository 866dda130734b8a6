using Checkpoint.Actors.Diagnostics;

namespace Checkpoint.Tests.Simulation;

/// <summary>How bad the world of one schedule is, drawn from its seed. Times are nanoseconds.</summary>
public sealed record SimProfile
{
    public const long Millisecond = 1_000_000;
    public const long Second = 1_000 * Millisecond;

    public static readonly SimProfile Calm = new();

    public int Hosts { get; init; } = 3;

    public long FaultTime { get; init; } = 3 * Second;

    public double Loss { get; init; }

    public double Duplication { get; init; }

    public long DelayMax { get; init; } = 2 * Millisecond;

    /// <summary>Probability of a delay between DelayMax and thirty times that.</summary>
    public double LongDelay { get; init; }

    /// <summary>Messages to one host may overtake each other.</summary>
    public bool Reorders { get; init; }

    /// <summary>Rates of clocks lie within this many per mille around the true one.</summary>
    public int DriftPerMille { get; init; }

    /// <summary>Mean time between two faults.</summary>
    public long FaultInterval { get; init; } = 400 * Millisecond;

    public double Crashes { get; init; }

    public double Cuts { get; init; }

    public double OneWayCuts { get; init; }

    public double Pauses { get; init; }

    public double JournalOutages { get; init; }

    public double Drains { get; init; }

    /// <summary>How often work on content begins to throw at one host, for a while.</summary>
    public double Throws { get; init; }

    /// <summary>Of so many in a thousand writes no host can do what they say.</summary>
    public int PoisonPerMille { get; init; }

    /// <summary>Where such a write throws, at every host.</summary>
    public ContentStep PoisonStep { get; init; } = ContentStep.Apply;

    /// <summary>Vectors are worked on in slices, with everything that may happen between them.</summary>
    public bool Slices { get; init; }

    /// <summary>A dead process on the same machine is known to be dead.</summary>
    public bool KernelKnows { get; init; } = true;

    public static SimProfile Draw(SimRandom random)
    {
        var isLossy = random.Chance(0.5);
        return new SimProfile
        {
            Hosts = 2 + random.Below(4),
            Loss = isLossy ? random.Below(60) / 1000.0 : 0,
            Duplication = random.Chance(0.4) ? random.Below(100) / 1000.0 : 0,
            DelayMax = random.Pick([Millisecond / 2, 2 * Millisecond, 20 * Millisecond]),
            LongDelay = random.Chance(0.3) ? 0.02 : 0,
            Reorders = random.Chance(0.5),
            DriftPerMille = random.Below(30),
            FaultInterval = random.Between(150, 900) * Millisecond,
            Crashes = random.Chance(0.7) ? 1 : 0,
            Cuts = random.Chance(0.6) ? 1 : 0,
            OneWayCuts = random.Chance(0.4) ? 1 : 0,
            Pauses = random.Chance(0.5) ? 1 : 0,
            JournalOutages = random.Chance(0.3) ? 0.7 : 0,
            Drains = random.Chance(0.3) ? 0.5 : 0,
            KernelKnows = random.Chance(0.6),
        };
    }
}
