using System.Globalization;

namespace Checkpoint.Cli.Output;

/// <summary>Byte counts as an operator types and reads them. Units are binary: 1k is 1,024 bytes.</summary>
public static class SizeText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Accepts 4096, 4k, 4K, 4KiB, 16M, 1GiB; false with a message for the user when it is no size.</summary>
    public static bool TryParse(string text, out long bytes, out string fault)
    {
        bytes = 0;
        fault = "";
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            digits++;
        var power = PowerOf(text[digits..]);
        if (power < 0 || !long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            fault = $"'{text}' is no size: write bytes, or a number with k, M or G, like 4096, 64k or 1M";
            return false;
        }

        if (count > long.MaxValue >> (10 * power))
        {
            fault = $"'{text}' is above {long.MaxValue} bytes";
            return false;
        }

        bytes = count << (10 * power);
        return true;
    }

    /// <summary>Three digits or so: 512 B, 1.5 KiB, 64 MiB.</summary>
    public static string Of(long bytes)
    {
        var value = (double)bytes;
        var unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        var digits = unit == 0 || value >= 100 || value == Math.Floor(value) ? "0" : "0.0";
        return value.ToString(digits, CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    private static int PowerOf(string unit) => unit.ToUpperInvariant() switch
    {
        "" or "B" => 0,
        "K" or "KB" or "KIB" => 1,
        "M" or "MB" or "MIB" => 2,
        "G" or "GB" or "GIB" => 3,
        _ => -1,
    };
}
