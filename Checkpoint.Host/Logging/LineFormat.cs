using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Akka.Event;

namespace Checkpoint.Host.Logging;

/// <summary>
/// One event, one line: <c>2026-01-31T12:00:00.000Z WARN  node1 Checkpoint.Actors.Views.ViewJournal /user/checkpoint/views: text | exception</c>.
/// Control characters become spaces (line ends <c> ; </c>), so that no name or message can begin a line of its own.
/// </summary>
public static class LineFormat
{
    /// <summary>The first characters of every line of the log.</summary>
    public const int TimeChars = 24;

    private const int LineCharsMax = 8 * 1024;

    public static string Format(LogEvent logged, string nodeName)
    {
        var line = new StringBuilder(256)
            .Append(Time(logged.Timestamp))
            .Append(' ').Append(Level(logged))
            .Append(' ').Append(nodeName)
            .Append(' ').Append(Class(logged.LogClass))
            .Append(' ').Append(Source(logged.LogSource)).Append(": ")
            .Append(logged.Message);
        if (logged.Cause is { } cause)
            line.Append(" | ").Append(cause);

        return OneLine(line);
    }

    /// <summary>A line about the log itself, which no node's name is known to.</summary>
    public static string Own(DateTimeOffset now, string text) =>
        OneLine(new StringBuilder(Time(now.UtcDateTime)).Append(" WARN  - ").Append(typeof(LineFormat).Namespace).Append(" -: ").Append(text));

    /// <summary>Akka's own, by name or because it has none.</summary>
    public static bool IsAkkas(Type? type) => !HasName(type) || type.FullName!.StartsWith("Akka.", StringComparison.Ordinal);

    public static string Time(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Level(LogEvent logged) => logged.LogLevel() switch
    {
        LogLevel.DebugLevel => "DEBUG",
        LogLevel.InfoLevel => "INFO ",
        LogLevel.WarningLevel => "WARN ",
        _ => "ERROR",
    };

    /// <summary>Akka gives a class of its own to sources that have none.</summary>
    private static string Class(Type? type) => HasName(type) ? type.FullName ?? type.Name : "-";

    private static bool HasName([NotNullWhen(true)] Type? type) => type is not null && !type.Name.StartsWith("Dummy", StringComparison.Ordinal);

    /// <summary>The actor's path without the system's address, which is the same in every line of a host.</summary>
    private static string Source(string? source)
    {
        if (source is null)
            return "-";

        var slash = source.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? source.IndexOf('/', scheme + 3) : -1;
        return (slash >= 0 ? source[slash..].TrimEnd(']') : source).Replace(' ', '_');
    }

    private static string OneLine(StringBuilder line)
    {
        if (line.Length > LineCharsMax)
        {
            line.Length = LineCharsMax;
            line.Append(" ...");
        }

        line.Replace("\r\n", " ; ").Replace("\n", " ; ");
        for (var at = 0; at < line.Length; at++)
        {
            if (char.IsControl(line[at]))
                line[at] = ' ';
        }

        return line.ToString();
    }
}
