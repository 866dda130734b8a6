namespace WordCount;

public enum PieceKind
{
    /// <summary>One line, with its newline.</summary>
    Line,

    /// <summary>As many whole lines as fit into 64 KiB.</summary>
    Lines64K,
}

/// <summary>A range of the file, in bytes: the piece is everything from <paramref name="Start"/> up to <paramref name="End"/>.</summary>
public readonly record struct Piece(long Start, long End);

/// <summary>
/// Cuts a file into pieces from a cursor on. No piece ends inside a word, so pieces can be counted one by one and any of them can be
/// the last of one worker and the next the first of another. A piece ends behind a newline (the first, or the last within 64 KiB); where 64 KiB
/// hold none, behind the last white-space byte in them; where they hold none of those, before the next white-space byte or at the file's end,
/// however far that is. The same cursor gives the same piece in every process.
/// </summary>
public sealed class PieceReader(Stream file, long cursor, PieceKind kind)
{
    public const int SizeBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[SizeBytes];

    /// <summary>Bytes from the file's start: what was read lies before it.</summary>
    public long Cursor { get; private set; } = cursor;

    /// <param name="counter">Gets the piece's bytes.</param>
    /// <returns>False at the file's end.</returns>
    public bool TryRead(WordCounter counter, out Piece piece)
    {
        var start = Cursor;
        file.Position = start;
        var window = _buffer.AsSpan(0, file.ReadAtLeast(_buffer, SizeBytes, throwOnEndOfStream: false));
        var isLast = window.Length < SizeBytes;
        var end = EndOf(window, isLast);
        counter.Add(window[..end]);
        Cursor += end;
        if (end == window.Length && !isLast && WordCounter.LastIndexOfWhiteSpace(window) < 0)
            ReadToEndOfWord(counter);
        piece = new Piece(start, Cursor);
        return Cursor > start;
    }

    private int EndOf(ReadOnlySpan<byte> window, bool isLast)
    {
        var newline = kind == PieceKind.Line ? window.IndexOf((byte)'\n') : window.LastIndexOf((byte)'\n');
        if (kind == PieceKind.Lines64K && isLast)
            return window.Length;
        if (newline >= 0)
            return newline + 1;
        if (isLast)
            return window.Length;
        var space = WordCounter.LastIndexOfWhiteSpace(window);
        return space >= 0 ? space + 1 : window.Length;
    }

    private void ReadToEndOfWord(WordCounter counter)
    {
        while (file.ReadAtLeast(_buffer, SizeBytes, throwOnEndOfStream: false) is var length and > 0)
        {
            var space = WordCounter.IndexOfWhiteSpace(_buffer.AsSpan(0, length));
            counter.Add(_buffer.AsSpan(0, space < 0 ? length : space));
            Cursor += space < 0 ? length : space;
            if (space >= 0)
                return;
        }
    }
}
