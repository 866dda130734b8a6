using System.Globalization;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>The faults that a running host takes from <see cref="SessionProtocol.InjectFault"/>, by the names of the configuration.</summary>
internal static class FaultCommands
{
    public const string Known =
        "stall MILLISECONDS, drop FRACTION, no-memory on|off, clock-offset MILLISECONDS, throw STEP NAME, corrupt NAME SECTION, collect, none";

    /// <returns>The settings that follow, or null when the fault or its argument is not one.</returns>
    public static FaultSettings? Read(SessionProtocol.InjectFault fault, FaultSettings now) => fault.Fault switch
    {
        "none" => FaultSettings.None,
        "stall" when Milliseconds(fault.Argument) is { } stall && stall >= TimeSpan.Zero => now with { Stall = stall },
        "drop" when double.TryParse(fault.Argument, CultureInfo.InvariantCulture, out var drop) && drop is >= 0 and <= 1 =>
            now with { Drop = drop },
        "no-memory" when fault.Argument is "on" or "off" => now with { NoMemory = fault.Argument == "on" },
        "clock-offset" when Milliseconds(fault.Argument) is { } offset => now with { ClockOffset = offset },
        "throw" when ContentThrow.Parse(fault.Argument) is { } thrown => now with { Throw = thrown },
        _ => null,
    };

    private static TimeSpan? Milliseconds(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;
}
