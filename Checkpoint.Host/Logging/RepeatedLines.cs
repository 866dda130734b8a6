using System.Text.RegularExpressions;
using Akka.Event;

namespace Checkpoint.Host.Logging;

/// <summary>
/// Bounds what repeats itself, kind by kind: the first lines of a kind at once, then their number once a minute, and once that there are no more. A kind is a
/// line's level, class, actor and text, but for numbers that stand alone. Warnings and errors are bounded, and Akka's information, not our own: a host whose peer
/// is away would write tens of lines a second otherwise. For one thread.
/// </summary>
public sealed partial class RepeatedLines(TimeProvider clock)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Akka says the same thing from several places already.</summary>
    public const int AkkaAtOnce = 1;

    public const int OursAtOnce = 5;

    /// <summary>Above it all further kinds count as one.</summary>
    public const int KindsMax = 256;

    private const int KindCharsMax = 512;

    private readonly Dictionary<string, Kind> _kinds = [];

    /// <returns>Whether the line is written; if not, it is counted.</returns>
    public bool Admits(LogEvent logged, string line)
    {
        var isAkkas = LineFormat.IsAkkas(logged.LogClass);
        if (logged.LogLevel() < (isAkkas ? LogLevel.InfoLevel : LogLevel.WarningLevel))
            return true;

        var kind = KindOf(line);
        if (kind.Written < (isAkkas ? AkkaAtOnce : OursAtOnce))
        {
            kind.Written++;
            return true;
        }

        (kind.Held, kind.Last) = (kind.Held + 1, line);
        return false;
    }

    /// <returns>The counts whose minute is over.</returns>
    public IEnumerable<string> Due()
    {
        foreach (var (key, kind) in _kinds.Where(entry => clock.GetElapsedTime(entry.Value.Since) >= Interval).ToList())
        {
            if (kind.Held > 0)
            {
                yield return Count(kind);
                kind.Begin(clock.GetTimestamp());
                continue;
            }

            _kinds.Remove(key);
            if (kind.HeldBefore > 0)
                yield return Line(kind, $"no more like this for a minute; {kind.HeldBefore} were left out in all");
        }
    }

    /// <returns>The counts as they are: the log ends.</returns>
    public IEnumerable<string> All() => _kinds.Values.Where(kind => kind.Held > 0).Select(Count);

    private Kind KindOf(string line)
    {
        var key = KeyOf(line);
        if (!_kinds.ContainsKey(key) && _kinds.Count >= KindsMax)
            key = "";
        if (!_kinds.TryGetValue(key, out var kind))
            _kinds[key] = kind = new Kind(clock.GetTimestamp());
        return kind;
    }

    private static string KeyOf(string line) =>
        LoneNumber().Replace(line.Length > LineFormat.TimeChars + KindCharsMax ? line.Substring(LineFormat.TimeChars, KindCharsMax) : line[LineFormat.TimeChars..], "#");

    private string Count(Kind kind) => Line(kind, $"{kind.Held} more like this in {clock.GetElapsedTime(kind.Since).TotalSeconds:0} s");

    private string Line(Kind kind, string what) => $"{LineFormat.Time(clock.GetUtcNow().UtcDateTime)}{kind.Last[LineFormat.TimeChars..]} ({what})";

    /// <summary>Not a part of a name, an address or a fraction; also the number at the end of an actor's name.</summary>
    [GeneratedRegex(@"(?<![\w.:%-])\d+(?![\w.:-])|(?<=-)\d+(?=[/:])", RegexOptions.CultureInvariant)]
    private static partial Regex LoneNumber();

    private sealed class Kind(long since)
    {
        public long Since { get; private set; } = since;

        public int Written { get; set; }

        public long Held { get; set; }

        public long HeldBefore { get; private set; }

        public string Last { get; set; } = "";

        public void Begin(long now)
        {
            (HeldBefore, Held, Since) = (HeldBefore + Held, 0, now);
        }
    }
}
