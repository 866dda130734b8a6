using System.Text;

namespace Checkpoint.Cli.Output;

/// <summary>Offset, sixteen bytes, the same as ASCII: the form of <c>hexdump -C</c>.</summary>
public static class HexDump
{
    private const int BytesPerLine = 16;

    public static void Write(TextWriter to, ReadOnlySpan<byte> bytes, long offset = 0)
    {
        var line = new StringBuilder(80);
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(BytesPerLine, bytes.Length)];
            line.Clear().Append(offset.ToString("x8")).Append("  ");
            for (var at = 0; at < BytesPerLine; at++)
                line.Append(at < part.Length ? part[at].ToString("x2") : "  ").Append(at == 7 ? "  " : " ");
            line.Append(" |");
            foreach (var value in part)
                line.Append(value is >= 0x20 and < 0x7f ? (char)value : '.');
            to.WriteLine(line.Append('|').ToString());
            bytes = bytes[part.Length..];
            offset += part.Length;
        }
    }
}
