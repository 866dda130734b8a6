using System.Globalization;

namespace Checkpoint.Actors.Configuration;

/// <summary>Durations and sizes as our keys take them: a number and a unit, so that nobody has to guess which.</summary>
public static class HoconUnits
{
    /// <summary>As <c>250ms</c>, <c>2 s</c>, <c>-1h</c>.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        if (!TrySplit(text, out var number, out var unit))
            return false;

        decimal? ticks = unit switch
        {
            "ns" => number / 100,
            "us" => number * TimeSpan.TicksPerMicrosecond,
            "ms" => number * TimeSpan.TicksPerMillisecond,
            "s" => number * TimeSpan.TicksPerSecond,
            "m" => number * TimeSpan.TicksPerMinute,
            "h" => number * TimeSpan.TicksPerHour,
            "d" => number * TimeSpan.TicksPerDay,
            "" when number == 0 => 0,
            _ => null,
        };
        if (ticks is null || Math.Abs(ticks.Value) > TimeSpan.MaxValue.Ticks)
            return false;

        duration = TimeSpan.FromTicks((long)ticks.Value);
        return true;
    }

    /// <summary>As <c>4096 B</c>, <c>64 KiB</c>, <c>1.5 MiB</c>, <c>2 GiB</c>.</summary>
    public static bool TryBytes(string text, out long bytes)
    {
        bytes = 0;
        if (!TrySplit(text, out var number, out var unit))
            return false;

        decimal? size = unit switch
        {
            "B" => number,
            "KiB" => number * 1024,
            "MiB" => number * 1024 * 1024,
            "GiB" => number * 1024 * 1024 * 1024,
            "" when number == 0 => 0,
            _ => null,
        };
        if (size is null || Math.Abs(size.Value) > long.MaxValue)
            return false;

        bytes = (long)size.Value;
        return true;
    }

    private static bool TrySplit(string text, out decimal number, out string unit)
    {
        var trimmed = text.Trim();
        var length = 0;
        while (length < trimmed.Length && (char.IsAsciiDigit(trimmed[length]) || trimmed[length] is '.' or '-'))
            length++;
        unit = trimmed[length..].Trim();
        // Sixteen digits hold every legal value and keep the arithmetic far from decimal's own limit.
        number = 0;
        return length is > 0 and <= 16
            && decimal.TryParse(trimmed.AsSpan(0, length), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }
}
