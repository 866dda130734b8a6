namespace Checkpoint.Cli.Output;

/// <summary>Columns under headings, two blanks apart, nothing drawn: easy for eyes and for awk alike.</summary>
/// <param name="headings">One a column; a leading '>' aligns the column to the right.</param>
public sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells)
    {
        if (cells.Length != headings.Length)
            throw new ArgumentException($"{cells.Length} cells for {headings.Length} columns", nameof(cells));
        _rows.Add(cells);
    }

    public void Write(TextWriter to, bool colour)
    {
        var titles = headings.Select(heading => heading.TrimStart('>')).ToArray();
        var widths = titles.Select((title, column) => _rows.Select(row => row[column].Length).Append(title.Length).Max()).ToArray();
        to.WriteLine(Style.Bold(Line(titles, widths), colour));
        foreach (var row in _rows)
            to.WriteLine(Line(row, widths));
    }

    private string Line(string[] cells, int[] widths)
    {
        var padded = cells.Select((cell, column) => headings[column].StartsWith('>') ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
        return string.Join("  ", padded).TrimEnd();
    }
}
