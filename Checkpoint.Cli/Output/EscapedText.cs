using System.Globalization;
using System.Text;

namespace Checkpoint.Cli.Output;

/// <summary>
/// The inverse of <see cref="ByteText"/>: names and section ids are bytes, a command line is text. \xNN stands for one byte, all
/// else for its UTF-8; so whatever <c>list</c> and <c>dump</c> print can be typed again.
/// </summary>
public static class EscapedText
{
    public static byte[] ToBytes(string text)
    {
        if (!text.Contains('\\'))
            return Encoding.UTF8.GetBytes(text);

        var bytes = new List<byte>(text.Length);
        var at = 0;
        while (at < text.Length)
        {
            if (IsEscape(text, at))
            {
                bytes.Add(byte.Parse(text.AsSpan(at + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                at += 4;
                continue;
            }

            var length = char.IsSurrogatePair(text, at) ? 2 : 1;
            bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(at, length)));
            at += length;
        }

        return [.. bytes];
    }

    private static bool IsEscape(string text, int at) =>
        at + 3 < text.Length && text[at] == '\\' && text[at + 1] == 'x' && char.IsAsciiHexDigit(text[at + 2]) && char.IsAsciiHexDigit(text[at + 3]);
}
