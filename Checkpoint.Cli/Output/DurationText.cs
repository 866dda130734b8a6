using System.Globalization;

namespace Checkpoint.Cli.Output;

/// <summary>Durations as an operator types and reads them: 250ms, 10s, 5m, 2h, 7d, forever; 0 needs no unit.</summary>
public static class DurationText
{
    public const string Forever = "forever";

    // Longest first, so that formatting finds the largest unit that divides.
    private static readonly (string Unit, long Nanoseconds)[] Units =
    [
        ("d", 86_400 * AisTime.NanosecondsPerSecond),
        ("h", 3_600 * AisTime.NanosecondsPerSecond),
        ("m", 60 * AisTime.NanosecondsPerSecond),
        ("s", AisTime.NanosecondsPerSecond),
        ("ms", AisTime.NanosecondsPerMillisecond),
        ("us", 1_000),
        ("ns", 1),
    ];

    /// <summary>Nanoseconds, <see cref="AisTime.End"/> for forever; false with a message for the user when it is no duration.</summary>
    public static bool TryParse(string text, out long nanoseconds, out string fault)
    {
        nanoseconds = 0;
        fault = "";
        if (text is Forever or "0")
        {
            nanoseconds = text == Forever ? AisTime.End : 0;
            return true;
        }

        var digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.'))
            digits++;
        var unit = Array.Find(Units, candidate => candidate.Unit == text[digits..]);
        if (unit.Unit is null || !decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
        {
            fault = $"'{text}' is no duration: write a number and a unit (ns, us, ms, s, m, h, d), like 250ms or 5m, or '{Forever}'";
            return false;
        }

        if (count > long.MaxValue / unit.Nanoseconds)
        {
            fault = $"'{text}' is longer than 292 years: write '{Forever}'";
            return false;
        }

        nanoseconds = (long)(count * unit.Nanoseconds);
        return true;
    }

    /// <summary>In the largest unit that divides it, so that what is shown can be typed again.</summary>
    public static string Of(long nanoseconds)
    {
        if (nanoseconds == AisTime.End)
            return Forever;
        if (nanoseconds == 0)
            return "0";
        var unit = Array.Find(Units, candidate => nanoseconds % candidate.Nanoseconds == 0);
        return (nanoseconds / unit.Nanoseconds).ToString(CultureInfo.InvariantCulture) + unit.Unit;
    }

    /// <summary>An absolute time, UTC to the millisecond; "never" for <see cref="AisTime.End"/>.</summary>
    public static string OfTime(long nanoseconds) => nanoseconds == AisTime.End
        ? "never"
        : AisTime.ToUtc(nanoseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
