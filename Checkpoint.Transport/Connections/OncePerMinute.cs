namespace Checkpoint.Transport.Connections;

/// <summary>
/// The same line once a minute, however often it happens, with how often it happened meanwhile. Keeps a bounded number of lines in mind;
/// beyond it the oldest is forgotten, and so said again.
/// </summary>
internal sealed class OncePerMinute(TimeProvider clock)
{
    private const int LinesMax = 256;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long SaidAt, int Since)> _lines = [];

    /// <returns>What to say now, or null.</returns>
    public string? Take(string line)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            if (!_lines.TryGetValue(line, out var known))
            {
                if (_lines.Count >= LinesMax)
                    _lines.Remove(_lines.MinBy(other => other.Value.SaidAt).Key);
                _lines.Add(line, (now, 0));
                return line;
            }

            if (clock.GetElapsedTime(known.SaidAt, now) < Interval)
            {
                _lines[line] = known with { Since = known.Since + 1 };
                return null;
            }

            _lines[line] = (now, 0);
            return known.Since == 0 ? line : $"{line} ({known.Since} times more in the minute before)";
        }
    }
}
