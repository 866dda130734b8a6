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

    private static CheckpointClientOptions Apply(IConfigurationSection entry, CheckpointClientOptions options) => entry.Key switch
    {
        nameof(CheckpointClientOptions.ContactPoints) => options with { ContactPoints = [.. entry.GetChildren().Select(Text)] },
        nameof(CheckpointClientOptions.ClusterName) => options with { ClusterName = Text(entry) },
        nameof(CheckpointClientOptions.ClientName) => options with { ClientName = Text(entry) },
        nameof(CheckpointClientOptions.Hostname) => options with { Hostname = Text(entry) },
        nameof(CheckpointClientOptions.Hocon) => options with { Hocon = Text(entry) },
        nameof(CheckpointClientOptions.ConnectTimeout) => options with { ConnectTimeout = Time(entry) },
        nameof(CheckpointClientOptions.CallTimeout) => options with { CallTimeout = Time(entry) },
        nameof(CheckpointClientOptions.JoinTimeout) => options with { JoinTimeout = Time(entry) },
        nameof(CheckpointClientOptions.SilenceMax) => options with { SilenceMax = Time(entry) },
        nameof(CheckpointClientOptions.WaitingCallsMax) => options with { WaitingCallsMax = (int)Number(entry) },
        nameof(CheckpointClientOptions.AnswerBytesMax) => options with { AnswerBytesMax = Number(entry) },
        _ when entry.GetChildren().Any() => options, // The section of a keyed client.
        _ => throw new FormatException("there is no such option"),
    };

    private static string Text(IConfigurationSection entry) => entry.Value ?? throw new FormatException("it has no value");

    private static TimeSpan Time(IConfigurationSection entry) =>
        TimeSpan.TryParse(entry.Value, CultureInfo.InvariantCulture, out var time)
            ? time
            : throw new FormatException($"'{entry.Value}' is no time span such as 00:00:02.5");

    private static long Number(IConfigurationSection entry) =>
        long.TryParse(entry.Value, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{entry.Value}' is no whole number");
}
