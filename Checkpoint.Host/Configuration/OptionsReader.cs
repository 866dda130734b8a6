using System.Globalization;
using Akka.Configuration;

namespace Checkpoint.Host.Configuration;

/// <summary>
/// Reads the keys of the <c>checkpoint</c> block and gathers every fault instead of stopping at the first. A value outside its
/// limits is noted and the lower limit returned, so that reading goes on; nobody may use the options while there are faults.
/// </summary>
public sealed class OptionsReader(Config root, List<string> faults)
{
    private const string Block = "checkpoint";

    private readonly SortedSet<string> _keysRead = new(StringComparer.Ordinal);

    /// <summary>The keys that somebody asked for, without the block's name: a test holds them to the reference file.</summary>
    public IReadOnlySet<string> KeysRead => _keysRead;

    public string Text(string key)
    {
        _keysRead.Add(key);
        var path = $"{Block}.{key}";
        try
        {
            return root.GetString(path) ?? "";
        }
        catch (Exception e) when (e is ConfigurationException or InvalidOperationException or NotSupportedException or NullReferenceException)
        {
            Fault(key, "must be a single value");
            return "";
        }
    }

    public string Required(string key)
    {
        var text = Text(key);
        if (text.Length == 0)
            Fault(key, "must be set");
        return text;
    }

    public string OneOf(string key, params string[] words)
    {
        var text = Text(key);
        if (words.Contains(text))
            return text;

        Fault(key, $"= {text}, must be {string.Join(" or ", words.Select(word => word.Length == 0 ? "empty" : word))}");
        return words[0];
    }

    public bool Switch(string key) => OneOf(key, "off", "on", "false", "true") is "on" or "true";

    public TimeSpan Duration(string key, TimeSpan min, TimeSpan max)
    {
        var text = Text(key);
        if (!HoconUnits.TryDuration(text, out var value))
            Fault(key, $"= {text}, must be a duration with its unit (ns, us, ms, s, m, h, d)");
        else if (value < min || value > max)
            Fault(key, $"= {text}, must be within {Shown(min)} and {Shown(max)}");
        else
            return value;
        return min;
    }

    public long Bytes(string key, long min, long max)
    {
        var text = Text(key);
        if (!HoconUnits.TryBytes(text, out var value))
            Fault(key, $"= {text}, must be a size with its unit (B, KiB, MiB, GiB)");
        else if (value < min || value > max)
            Fault(key, $"= {text}, must be within {min} and {max} bytes");
        else
            return value;
        return min;
    }

    public int Number(string key, int min, int max)
    {
        var text = Text(key);
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;

        Fault(key, $"= {text}, must be a whole number within {min} and {max}");
        return min;
    }

    public double Fraction(string key)
    {
        var text = Text(key);
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1)
            return value;

        Fault(key, $"= {text}, must be a fraction within 0 and 1");
        return 0;
    }

    public void Fault(string key, string what) => faults.Add($"{Block}.{key} {what}");

    private static string Shown(TimeSpan duration) => duration switch
    {
        { TotalHours: >= 1 or <= -1 } => $"{duration.TotalHours:0.###} h",
        { TotalSeconds: >= 1 or <= -1 } => $"{duration.TotalSeconds:0.###} s",
        _ => $"{duration.TotalMilliseconds:0.###} ms",
    };
}
