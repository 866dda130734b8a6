using Akka.Configuration.Hocon;
using Checkpoint.Actors.Configuration;

namespace Checkpoint.Host.Configuration;

/// <summary>Whether Akka can read a value of one of its keys as what the key's default is: a list, a duration, a size, a number, a switch, a class.</summary>
internal static class AkkaValues
{
    private static readonly string[] Switches = ["on", "off", "true", "false", "yes", "no"];

    /// <summary>Words that Akka takes for some numbers and durations.</summary>
    private static readonly string[] Words = ["infinite", "undefined", "unlimited", "auto", "none", "default", "scale-to-cpus"];

    /// <returns>What is wrong, as <c>= 5, must be a list</c>; null when nothing is.</returns>
    public static string? Fault(HoconValue known, HoconValue value)
    {
        if (ConfigKeys.IsList(known))
            return ConfigKeys.IsList(value) ? null : "must be a list";
        if (ConfigKeys.IsList(value) || value.IsObject())
            return "must be a single value";

        var (standard, text) = (known.GetString() ?? "", value.GetString() ?? "");
        var expected = standard switch
        {
            _ when Words.Contains(text) => null,
            "off" or "false" or "no" when Switches.Contains(text) || IsNumber(text) || IsDuration(value) || IsSize(value) => null,
            _ when Switches.Contains(standard) => Switches.Contains(text) ? null : "on or off",
            _ when IsNumber(standard) => IsNumber(text) || IsDuration(value) || IsSize(value) || Switches.Contains(text) ? null : "a number",
            _ when IsDuration(known) => IsDuration(value) || Switches.Contains(text) ? null : "a duration",
            _ when IsSize(known) => IsSize(value) ? null : "a size in bytes",
            _ when IsClass(standard) => IsClass(text) ? null : "a class that this host has, as \"Name.Space.Class, Assembly\"",
            _ => null,
        };
        return expected is null ? null : $"= {text}, must be {expected}";
    }

    private static bool IsNumber(string text) =>
        double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _);

    private static bool IsDuration(HoconValue value) => CanRead(() => value.GetTimeSpan());

    private static bool IsSize(HoconValue value) => CanRead(() => value.GetByteSize());

    private static bool IsClass(string text) => text.Contains(',') && CanRead(() => Type.GetType(text, throwOnError: false));

    /// <summary>What Akka's own parser says is what counts; it says it by throwing.</summary>
    private static bool CanRead<T>(Func<T?> read)
    {
        try
        {
            return read() is not null;
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or IOException or BadImageFormatException)
        {
            return false;
        }
    }
}
