using System.Text;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli.Commands;

/// <summary>Where <c>put</c> takes its bytes from.</summary>
public static class PutData
{
    /// <summary>The largest section there is: the service takes no larger one, so nothing larger is read.</summary>
    public const int BytesMax = 64 * 1024 * 1024;

    /// <summary>Nanoseconds: a timer takes no longer wait than some 49 days.</summary>
    private const long WaitMax = 30 * 24 * 3600 * AisTime.NanosecondsPerSecond;

    /// <exception cref="CliFailure">Both or none named, a file that cannot be read, too much, or no end within the command's time.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Invocation invocation, string? file, string? text, CancellationToken cancel)
    {
        if ((file is null) == (text is null))
            throw new CliFailure(ExitCode.Usage, "put needs exactly one of --file and --text", "for example: checkpoint put NAME SECTION --text hello");
        if (text is not null)
            return Encoding.UTF8.GetBytes(text);
        var source = file == "-" ? "standard input" : file!;
        using var spell = invocation.Budget.Spend();
        try
        {
            // On a thread of its own, which is left behind when it has no end: opening a named pipe blocks, as reading a terminal does.
            var reading = Task.Run(() => file == "-" ? ReadAsync(invocation.Terminal.Input, source) : ReadFileAsync(source), CancellationToken.None);
            return spell.Left == AisTime.End
                ? await reading.WaitAsync(cancel)
                : await reading.WaitAsync(AisTime.ToTimeSpan(Math.Min(spell.Left, WaitMax)), invocation.Terminal.Clock, cancel);
        }
        catch (TimeoutException)
        {
            throw new CliFailure(ExitCode.LocalFile, $"{source} has not ended within {DurationText.Of(invocation.Budget.Total)} (--timeout); nothing was sent");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliFailure(ExitCode.LocalFile, file == "-" ? fault.Message : $"{file} cannot be read: {fault.Message}");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadFileAsync(string file)
    {
        await using var stream = File.OpenRead(file);
        return await ReadAsync(stream, file);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream from, string source)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, CancellationToken.None) is > 0 and var count)
        {
            if (bytes.Length + count > BytesMax)
                throw new CliFailure(ExitCode.LocalFile, $"{source} has more than {BytesMax} bytes, the most that a section holds");
            bytes.Write(buffer, 0, count);
        }

        return bytes.ToArray();
    }
}
