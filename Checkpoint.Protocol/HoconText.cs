using System.Text.RegularExpressions;

namespace Checkpoint.Protocol;

/// <summary>
/// What a HOCON text holds that Akka's parser takes without a word and reads as something else: braces, brackets and quotes that are not in pairs (it
/// takes the end of the text for any that are open, and drops what follows a closing brace too many), optional substitutions (it puts the whole
/// configuration in their place, which then holds itself), includes of any form but a file in quotes (it passes over them).
/// </summary>
public static partial class HoconText
{
    /// <returns>The first thing that is wrong, with its line; null when nothing is.</returns>
    public static string? Fault(string text) => Unpaired(text) ?? Unread(text);

    private static string? Unread(string text)
    {
        foreach (Match match in UnreadForms().Matches(text))
        {
            var line = text.AsSpan(0, match.Index).Count('\n') + 1;
            if (match.Groups["optional"].Success)
                return $"line {line}: {match.Value} is read by nobody: neither optional substitutions nor environment variables are";
            if (match.Groups["include"].Success)
                return $"line {line}: an include must name a file in quotes, as include \"host.conf\"";
        }

        return null;
    }

    /// <summary>Quotes and comments first, so that what stands in them is none of the others.</summary>
    [GeneratedRegex(
        """"
        """[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|\#.*|//.*|(?<optional>\$\{\?[^}\n]*\}?)|(?<include>(?<=^[ \t{]*)include\b(?![\-\w.]|[ \t]*["=:{+]))
        """",
        RegexOptions.Multiline | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex UnreadForms();

    private static string? Unpaired(string text)
    {
        var open = new Stack<(char Bracket, int Line)>();
        var line = 1;
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\n':
                    line++;
                    break;
                case '#':
                case '/' when Next(text, at) == '/':
                    at = EndOfLine(text, at) - 1;
                    break;
                case '"':
                    var end = EndOfQuote(text, at);
                    if (end < 0)
                        return $"line {line}: a quote is not closed";
                    line += text.AsSpan(at, end - at).Count('\n');
                    at = end;
                    break;
                case '{' or '[':
                    open.Push((text[at], line));
                    break;
                case '}' or ']':
                    if (!open.TryPop(out var opening) || opening.Bracket != (text[at] == '}' ? '{' : '['))
                        return $"line {line}: '{text[at]}' closes nothing";
                    break;
            }
        }

        return open.TryPeek(out var left) ? $"line {left.Line}: '{left.Bracket}' is not closed" : null;
    }

    private static char Next(string text, int at) => at + 1 < text.Length ? text[at + 1] : '\0';

    private static int EndOfLine(string text, int at)
    {
        var end = text.IndexOf('\n', at);
        return end < 0 ? text.Length : end;
    }

    /// <returns>The index of the closing quote's last character, or -1.</returns>
    private static int EndOfQuote(string text, int at)
    {
        if (string.CompareOrdinal(text, at, "\"\"\"", 0, 3) == 0)
        {
            var close = text.IndexOf("\"\"\"", at + 3, StringComparison.Ordinal);
            return close < 0 ? -1 : close + 2;
        }

        for (var end = at + 1; end < text.Length && text[end] != '\n'; end++)
        {
            if (text[end] == '\\')
                end++;
            else if (text[end] == '"')
                return end;
        }

        return -1;
    }
}
