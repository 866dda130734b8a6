using System.Text;

namespace Checkpoint.Cli.Commands;

/// <summary>Where <c>put</c> takes its bytes from.</summary>
public static class PutData
{
    /// <summary>The largest section there is: the service takes no larger one, so nothing larger is read.</summary>
    public const int BytesMax = 64 * 1024 * 1024;

    /// <exception cref="CliFailure">Both or none named, a file that cannot be read, or too much.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Terminal terminal, string? file, string? text, CancellationToken cancel)
    {
        if ((file is null) == (text is null))
            throw new CliFailure(ExitCode.Usage, "put needs exactly one of --file and --text", "for example: checkpoint put NAME SECTION --text hello");
        if (text is not null)
            return Encoding.UTF8.GetBytes(text);
        if (file == "-")
            return await ReadAsync(terminal.Input, "standard input", cancel);

        try
        {
            await using var stream = File.OpenRead(file!);
            return await ReadAsync(stream, file!, cancel);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliFailure(ExitCode.LocalFile, $"{file} cannot be read: {fault.Message}");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream from, string source, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, cancel) is > 0 and var count)
        {
            if (bytes.Length + count > BytesMax)
                throw new CliFailure(ExitCode.LocalFile, $"{source} has more than {BytesMax} bytes, the most that a section holds");
            bytes.Write(buffer, 0, count);
        }

        return bytes.ToArray();
    }
}
