using System.Diagnostics;
using System.Globalization;
using System.Text;
using Checkpoint.Tests.Tidy;
using WordCount;
using Xunit;

namespace Checkpoint.Tests.Samples;

/// <summary>The demonstration's two ways of counting are written independently; here they have to agree on files made to part them.</summary>
public sealed class RecountTests
{
    [Fact(DisplayName = "The recount by coreutils agrees with WordCounter on NUL bytes, all white space, long words, no words and no final newline")]
    public async Task Agrees()
    {
        foreach (var bytes in Files())
            Assert.Equal(Count(bytes), await RecountAsync(bytes));
    }

    private static IEnumerable<byte[]> Files()
    {
        var random = new Random(20261123);
        yield return [];
        yield return " \n\t\v\f\r \n"u8.ToArray();
        yield return "\none two\0two two\0two \x01\n\n last"u8.ToArray();
        yield return "12 12 007 -n \\n %s * 'q' \"q\""u8.ToArray();

        var binary = new byte[400_000];
        random.NextBytes(binary);
        yield return binary;

        // Words around 4 KiB, equal heads with different ends, twice each, NULs among them.
        var text = new MemoryStream();
        foreach (var length in new[] { 4095, 4096, 4097, 4098, 9000, 100_000 })
        {
            for (var variant = 0; variant < 2; variant++)
            {
                var word = Enumerable.Range(0, length).Select(i => (byte)(i % 7 == 0 ? 0 : 'a' + (i % 5))).ToArray();
                word[^1] = (byte)('x' + variant);
                for (var twice = 0; twice < 2; twice++)
                {
                    text.Write(word);
                    text.WriteByte((byte)" \n\r"[random.Next(3)]);
                }
            }
        }

        yield return text.ToArray();
    }

    private static string Count(byte[] bytes)
    {
        using var counter = new WordCounter();
        counter.Add(bytes);
        var lines = counter.Take()
            .Select(count => Encoding.Latin1.GetString([.. Encoding.ASCII.GetBytes(count.Value.ToString(CultureInfo.InvariantCulture)), (byte)' ', .. count.Key.ToLine()]))
            .Order(StringComparer.Ordinal);
        return string.Concat(lines.Select(line => line + "\n"));
    }

    private static async Task<string> RecountAsync(byte[] bytes)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, bytes);
            using var process = Process.Start(new ProcessStartInfo(Repository.PathOf("samples/WordCount/recount.sh"), [file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = new MemoryStream();
            await process.StandardOutput.BaseStream.CopyToAsync(output);
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, await errors);
            return Encoding.Latin1.GetString(output.ToArray());
        }
        finally
        {
            File.Delete(file);
        }
    }
}
