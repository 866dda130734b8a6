using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Diagnostics;

namespace Checkpoint.Host.Configuration;

/// <summary>The <c>faults</c> block: refused unless enabled, so that no production file carries a forgotten fault.</summary>
public static class FaultOptions
{
    private const string Enabled = "faults.enabled";

    private static readonly string[] Keys = [Enabled, "faults.stall", "faults.drop", "faults.drop-seed", "faults.no-memory", "faults.clock-offset"];

    /// <returns>Null when faults are not enabled.</returns>
    public static FaultSettings? Read(OptionsReader reader)
    {
        var enabled = reader.Switch(Enabled);
        var settings = new FaultSettings(
            reader.Duration("faults.stall", TimeSpan.Zero, TimeSpan.FromSeconds(60)),
            reader.Fraction("faults.drop"),
            reader.Number("faults.drop-seed", 0, int.MaxValue),
            reader.Switch("faults.no-memory"),
            reader.Duration("faults.clock-offset", TimeSpan.FromHours(-24), TimeSpan.FromHours(24)));

        if (enabled)
            return settings;
        if (settings != FaultSettings.None && !Keys.Any(reader.IsFaulty))
            reader.Fault("faults", "has faults in it, but faults.enabled is not on");
        return null;
    }
}
