using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Checkpoint.Client;

/// <summary>Reads options from a configuration section. A key that is not an option is refused: it would be a typing error without effect.</summary>
internal static class CheckpointClientSection
{
    public static CheckpointClientOptions Read(IConfigurationSection section, CheckpointClientOptions defaults)
    {
        var options = defaults;
        List<string> faults = [];
        foreach (var entry in section.GetChildren())
        {
            try
            {
                options = Apply(entry, options);
            }
            catch (FormatException fault)
            {
                faults.Add($"{entry.Path}: {fault.Message}");
            }
        }

        return faults.Count == 0 ? options : throw new ArgumentException($"checkpoint client options: {string.Join("; ", faults)}");
    }

    /// <summary>Keys are what .NET's configuration takes them for: the same whatever their case.</summary>
    private static readonly Dictionary<string, Func<CheckpointClientOptions, IConfigurationSection, CheckpointClientOptions>> Readers = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(CheckpointClientOptions.ContactPoints)] = (options, entry) => options with { ContactPoints = Texts(entry) },
        [nameof(CheckpointClientOptions.ClusterName)] = (options, entry) => options with { ClusterName = Text(entry) },
        [nameof(CheckpointClientOptions.ClientName)] = (options, entry) => options with { ClientName = Text(entry) },
        [nameof(CheckpointClientOptions.Hostname)] = (options, entry) => options with { Hostname = Text(entry) },
        [nameof(CheckpointClientOptions.Hocon)] = (options, entry) => options with { Hocon = Text(entry) },
        [nameof(CheckpointClientOptions.ConnectTimeout)] = (options, entry) => options with { ConnectTimeout = Time(entry) },
        [nameof(CheckpointClientOptions.CallTimeout)] = (options, entry) => options with { CallTimeout = Time(entry) },
        [nameof(CheckpointClientOptions.JoinTimeout)] = (options, entry) => options with { JoinTimeout = Time(entry) },
        [nameof(CheckpointClientOptions.SilenceMax)] = (options, entry) => options with { SilenceMax = Time(entry) },
        [nameof(CheckpointClientOptions.WaitingCallsMax)] = (options, entry) => options with { WaitingCallsMax = (int)Number(entry, int.MaxValue) },
        [nameof(CheckpointClientOptions.AnswerBytesMax)] = (options, entry) => options with { AnswerBytesMax = Number(entry, long.MaxValue) },
    };

    private static CheckpointClientOptions Apply(IConfigurationSection entry, CheckpointClientOptions options)
    {
        if (Readers.TryGetValue(entry.Key, out var reader))
            return reader(options, entry);
        if (entry.GetChildren().Any(child => Readers.ContainsKey(child.Key)))
            return options; // The section of a keyed client, which reads it itself.

        var near = Readers.Keys.FirstOrDefault(key => IsNear(key, entry.Key));
        throw new FormatException($"there is no such option{(near is null ? "" : $", did you mean {near}?")}");
    }

    private static string[] Texts(IConfigurationSection entry) => entry.Value is null || entry.GetChildren().Any()
        ? [.. entry.GetChildren().Select(Text)]
        : throw new FormatException("must be a list");

    private static string Text(IConfigurationSection entry) => entry.GetChildren().Any()
        ? throw new FormatException("must be a single value")
        : entry.Value ?? throw new FormatException("it has no value");

    private static TimeSpan Time(IConfigurationSection entry) =>
        Text(entry) is var text && text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) // A bare number would be days.
            ? time
            : throw new FormatException($"'{text}' is no time span such as 00:00:02.5");

    private static long Number(IConfigurationSection entry, long max) =>
        long.TryParse(Text(entry), CultureInfo.InvariantCulture, out var number) && number <= max && number >= -max
            ? number
            : throw new FormatException($"'{entry.Value}' is no whole number of at most {max}");

    /// <summary>The same letters but for signs between them, or all but one of them.</summary>
    private static bool IsNear(string key, string written)
    {
        var letters = new string([.. written.Where(char.IsLetterOrDigit)]);
        return key.Equals(letters, StringComparison.OrdinalIgnoreCase)
            || Enumerable.Range(0, key.Length).Any(at => key.Remove(at, 1).Equals(letters, StringComparison.OrdinalIgnoreCase))
            || Enumerable.Range(0, letters.Length).Any(at => letters.Remove(at, 1).Equals(key, StringComparison.OrdinalIgnoreCase));
    }
}
