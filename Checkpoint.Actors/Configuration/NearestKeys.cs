namespace Checkpoint.Actors.Configuration;

/// <summary>What somebody may have meant who wrote a key that does not exist.</summary>
public static class NearestKeys
{
    /// <summary>Typing errors that still point at one key; more, and the hint would be a guess.</summary>
    private const int ErrorsMax = 2;

    private const int HintsMax = 3;

    /// <returns>As <c>, did you mean checkpoint.node-name?</c>; empty when nothing is near.</returns>
    public static string Hint(string key, IEnumerable<string> known)
    {
        var near = known
            .Select(candidate => (Key: candidate, Errors: Errors(key, candidate)))
            .Where(pair => pair.Errors <= ErrorsMax)
            .OrderBy(pair => pair.Errors).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .ToList();
        var best = near.Where(pair => pair.Errors == near[0].Errors).Select(pair => pair.Key).ToList();
        return best.Count is > 0 and <= HintsMax ? $", did you mean {string.Join(" or ", best)}?" : "";
    }

    /// <summary>Case, dots, hyphens and underlines are no errors; the right key in a wrong block counts as two.</summary>
    private static int Errors(string key, string candidate)
    {
        var letters = Distance(Letters(key), Letters(candidate));
        return Last(key) == Last(candidate) ? Math.Min(letters, ErrorsMax) : letters;
    }

    private static string Letters(string key) => new([.. key.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    private static string Last(string key) => key[(key.LastIndexOf('.') + 1)..];

    /// <summary>Levenshtein's: letters to insert, delete or replace.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
