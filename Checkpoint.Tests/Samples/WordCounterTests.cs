using System.Security.Cryptography;
using System.Text;
using CsCheck;
using WordCount;
using Xunit;

namespace Checkpoint.Tests.Samples;

/// <summary>What a word is, and that pieces and chunks do not change it.</summary>
public sealed class WordCounterTests
{
    [Theory(DisplayName = "Words are runs of bytes between the six white-space bytes, whatever else they hold")]
    [InlineData("", "")]
    [InlineData(" \t\n\v\f\r", "")]
    [InlineData("a", "a=1")]
    [InlineData("b a b\n", "a=1 b=2")]
    [InlineData("\nno final newline", "final=1 newline=1 no=1")]
    [InlineData("A a\u00a0a", "A=1 a\u00a0a=1")]
    [InlineData("x\0y x\0y \x1f", "\x1f=1 x\0y=2")]
    public void Words(string text, string expected) => Assert.Equal(expected, Print(Count(Encoding.UTF8.GetBytes(text), 64 * 1024)));

    [Fact(DisplayName = "A word above 4 KiB counts under its first 4 KiB and its SHA-256; one of 4 KiB is plain")]
    public void Long_words()
    {
        var plain = Enumerable.Repeat((byte)'p', 4096).ToArray();
        byte[] longer = [.. plain, (byte)'q'];
        var counts = Count([.. plain, (byte)' ', .. longer, (byte)'\n', .. longer], 1000);

        Assert.Equal(1, counts[new WordKey(plain)]);
        Assert.Equal(2, counts[new WordKey([.. plain, .. SHA256.HashData(longer)])]);
        Assert.Equal(2, counts.Count);
        Assert.Equal(
            Encoding.ASCII.GetString(plain) + " " + Convert.ToHexStringLower(SHA256.HashData(longer)),
            Encoding.ASCII.GetString(counts.Keys.Single(key => key.IsLong).ToLine()));
    }

    [Fact(DisplayName = "Any cut into chunks gives the same counts")]
    public void Chunks_do_not_matter() =>
        Gen.Select(Gen.OneOf(Gen.Const((byte)' '), Gen.Const((byte)'\n'), Gen.Byte[97, 99], Gen.Byte).Array[0, 300], Gen.Int[1, 50])
            .Sample((bytes, chunk) => Print(Count(bytes, chunk)) == Print(Count(bytes, int.MaxValue)));

    [Theory(DisplayName = "Pieces cover the file without a gap, end in no word, and counted one by one give the words of the whole")]
    [InlineData(PieceKind.Line)]
    [InlineData(PieceKind.Lines64K)]
    public void Pieces_do_not_matter(PieceKind kind)
    {
        foreach (var bytes in Files())
        {
            var total = new Dictionary<WordKey, long>();
            using var counter = new WordCounter();
            var reader = new PieceReader(new MemoryStream(bytes), 0, kind);
            long end = 0;
            while (reader.TryRead(counter, out var piece))
            {
                Assert.Equal(end, piece.Start);
                end = piece.End;
                Assert.True(end == bytes.Length || IsSpace(bytes[end]) || IsSpace(bytes[end - 1]), $"the piece to {end} ends in a word");
                foreach (var (key, count) in counter.Take())
                    total[key] = total.GetValueOrDefault(key) + count;
            }

            Assert.Equal(bytes.Length, end);
            Assert.Equal(Print(Count(bytes, int.MaxValue)), Print(total));
        }
    }

    [Fact(DisplayName = "A piece is a line, or whole lines up to 64 KiB; a longer line goes in parts")]
    public void Piece_boundaries()
    {
        var text = Encoding.ASCII.GetBytes("one\ntwo words\n\nlast");
        Assert.Equal([4, 14, 15, 19], Ends(text, PieceKind.Line));
        Assert.Equal([19], Ends(text, PieceKind.Lines64K));

        var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456789abcde\n", 5000)));
        Assert.Equal([65536, 80000], Ends(lines, PieceKind.Lines64K));

        var longLine = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("012345678 ", 10_000)) + "\nx\n");
        Assert.Equal([65530, 100_001, 100_003], Ends(longLine, PieceKind.Line));
        Assert.Equal([65530, 100_003], Ends(longLine, PieceKind.Lines64K));

        var oneWord = Enumerable.Repeat((byte)'w', 200_000).Append((byte)'\n').ToArray();
        Assert.Equal([200_000, 200_001], Ends(oneWord, PieceKind.Lines64K));
    }

    [Fact(DisplayName = "The same cursor gives the same piece to whoever goes on from it")]
    public void Resumes()
    {
        var bytes = Files().Last();
        var ends = Ends(bytes, PieceKind.Lines64K);
        for (var i = 0; i < ends.Count - 1; i++)
        {
            using var counter = new WordCounter();
            Assert.True(new PieceReader(new MemoryStream(bytes), ends[i], PieceKind.Lines64K).TryRead(counter, out var piece));
            Assert.Equal(new Piece(ends[i], ends[i + 1]), piece);
        }
    }

    private static IEnumerable<byte[]> Files()
    {
        var random = new Random(20261123);
        yield return [];
        yield return [(byte)'\n'];
        yield return Encoding.ASCII.GetBytes("word");
        foreach (var alphabet in new[] { 256, 40, 8 })
        {
            var bytes = new byte[300_000];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = (byte)(alphabet == 256 ? random.Next(256) : random.Next(alphabet) is 0 ? random.Next(9, 14) : 'a' + random.Next(26));
            yield return bytes;
        }

        // One line of 10 MB: words of all lengths around 64 KiB among short ones.
        var line = new byte[10_000_000];
        for (var at = 0; at < line.Length;)
        {
            var length = random.Next(200) == 0 ? random.Next(200_000) : random.Next(12);
            for (var end = Math.Min(line.Length, at + length); at < end; at++)
                line[at] = (byte)('a' + random.Next(3));
            if (at < line.Length)
                line[at++] = (byte)' ';
        }

        yield return line;
    }

    private static List<long> Ends(byte[] bytes, PieceKind kind)
    {
        using var counter = new WordCounter();
        var reader = new PieceReader(new MemoryStream(bytes), 0, kind);
        List<long> ends = [];
        while (reader.TryRead(counter, out var piece))
            ends.Add(piece.End);
        return ends;
    }

    private static bool IsSpace(byte value) => value is 9 or 10 or 11 or 12 or 13 or 32;

    private static IReadOnlyDictionary<WordKey, long> Count(byte[] bytes, int chunk)
    {
        using var counter = new WordCounter();
        for (long at = 0; at < bytes.Length; at += chunk)
            counter.Add(bytes.AsSpan((int)at, (int)Math.Min(chunk, bytes.Length - at)));
        return counter.Take();
    }

    private static string Print(IEnumerable<KeyValuePair<WordKey, long>> counts) => string.Join(
        ' ', counts.Select(count => $"{Encoding.UTF8.GetString(count.Key.ToLine())}={count.Value}").Order(StringComparer.Ordinal));
}
