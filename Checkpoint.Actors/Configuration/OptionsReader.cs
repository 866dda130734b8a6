using System.Globalization;
using Akka.Configuration;

namespace Checkpoint.Actors.Configuration;

/// <summary>
/// The one reader of settings: every block of <c>checkpoint</c> is read by it, so that all of them take values in the same way. It gathers
/// every fault instead of stopping at the first. A value outside its limits is noted and the lower limit returned, so that reading goes on;
/// nobody may use the options while there are faults.
/// </summary>
/// <param name="root">The whole configuration, defaults filled in.</param>
/// <param name="faults">Gets the faults, each once: key, value, what is allowed.</param>
/// <param name="block">The block that all keys are relative to.</param>
public sealed class OptionsReader(Config root, List<string> faults, string block = OptionsReader.Block)
{
    /// <summary>The service's own block.</summary>
    public const string Block = "checkpoint";

    private readonly SortedSet<string> _keysRead = new(StringComparer.Ordinal);

    /// <summary>The keys that somebody asked for, without the block's name: a test holds them to the reference file.</summary>
    public IReadOnlySet<string> KeysRead => _keysRead;

    /// <summary>Reads a part of a configuration on its own; keys that it does not set have their defaults.</summary>
    /// <exception cref="ConfigurationFaultsException">Names every fault.</exception>
    public static T Read<T>(Config own, Func<OptionsReader, T> part)
    {
        List<string> faults = [];
        var options = part(new OptionsReader(own.WithFallback(CheckpointReference.Defaults()), faults));
        return faults.Count == 0 ? options : throw new ConfigurationFaultsException(faults);
    }

    /// <summary>The value as it stands; empty when there is none.</summary>
    public string Text(string key) => TryText(key, out var text) ? text : "";

    public string Required(string key)
    {
        var text = Text(key);
        if (text.Length == 0 && !IsFaulty(key))
            Fault(key, "must be set");
        return text;
    }

    public string OneOf(string key, params string[] words)
    {
        if (!TryText(key, out var text))
            return words[0];
        if (words.Contains(text))
            return text;

        Fault(key, $"= {text}, must be {string.Join(" or ", words.Select(word => word.Length == 0 ? "empty" : word))}");
        return words[0];
    }

    public bool Switch(string key) => OneOf(key, "off", "on", "false", "true") is "on" or "true";

    public TimeSpan Duration(string key, TimeSpan min, TimeSpan max)
    {
        if (!TryText(key, out var text))
            return min;
        if (!HoconUnits.TryDuration(text, out var value))
            Fault(key, $"= {text}, must be a duration with its unit (ns, us, ms, s, m, h, d), within {Shown(min)} and {Shown(max)}");
        else if (value < min || value > max)
            Fault(key, $"= {text}, must be within {Shown(min)} and {Shown(max)}");
        else
            return value;
        return min;
    }

    public long Bytes(string key, long min, long max)
    {
        if (!TryText(key, out var text))
            return min;
        if (!HoconUnits.TryBytes(text, out var value))
            Fault(key, $"= {text}, must be a size with its unit (B, KiB, MiB, GiB), within {min} and {max} bytes");
        else if (value < min || value > max)
            Fault(key, $"= {text}, must be within {min} and {max} bytes");
        else
            return value;
        return min;
    }

    public int Number(string key, int min, int max)
    {
        if (!TryText(key, out var text))
            return min;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;

        Fault(key, $"= {text}, must be a whole number within {min} and {max}");
        return min;
    }

    public double Fraction(string key)
    {
        if (!TryText(key, out var text))
            return 0;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1)
            return value;

        Fault(key, $"= {text}, must be a fraction within 0 and 1");
        return 0;
    }

    /// <summary>What two settings must be to each other. It is said only when each is right by itself: else the other fault is the cause.</summary>
    /// <param name="bound">As "at most".</param>
    public void Relate(bool holds, string key, string bound, string other, string reason)
    {
        if (!holds && !IsFaulty(key) && !IsFaulty(other))
            Fault(key, $"= {Text(key)}, must be {bound} {block}.{other} = {Text(other)}: {reason}");
    }

    public bool IsFaulty(string key) => faults.Any(fault => fault.StartsWith($"{block}.{key} ", StringComparison.Ordinal));

    /// <summary>A block that is none has been noted as a whole: its keys have no values, which is no fault of theirs.</summary>
    private bool IsInFaultyBlock(string key)
    {
        for (var end = key.Length; end > 0; end = key.LastIndexOf('.', end - 1))
        {
            var above = key.LastIndexOf('.', end - 1);
            if (faults.Any(fault => fault.StartsWith($"{(above < 0 ? block : $"{block}.{key[..above]}")} must be a block ", StringComparison.Ordinal)))
                return true;
            if (above < 0)
                break;
        }

        return false;
    }

    /// <summary>Notes what is wrong with a key. The first fault of a key is its cause, and the only one that is noted.</summary>
    public void Fault(string key, string what)
    {
        if (!IsFaulty(key))
            faults.Add($"{block}.{key} {what}");
    }

    private bool TryText(string key, out string text)
    {
        _keysRead.Add(key);
        var value = root.GetValue($"{block}.{key}");
        text = "";
        if (IsInFaultyBlock(key))
            return false;
        if (value is not null && (value.IsObject() || ConfigKeys.IsList(value)))
        {
            Fault(key, "must be a single value");
            return false;
        }

        text = value?.GetString() ?? "";
        return true;
    }

    private static string Shown(TimeSpan duration) => duration switch
    {
        { TotalHours: >= 1 or <= -1 } => $"{duration.TotalHours:0.###} h",
        { TotalSeconds: >= 1 or <= -1 } => $"{duration.TotalSeconds:0.###} s",
        _ => $"{duration.TotalMilliseconds:0.###} ms",
    };
}
