using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Checkpoint.Tests.Processes;

/// <summary>A named pipe that is full from the beginning and that nobody reads until <see cref="ReadUntilAsync"/>.</summary>
public sealed class UnreadPipe : IDisposable
{
    /// <summary>What a pipe of Linux holds.</summary>
    private const int PipeBytes = 64 * 1024;

    private readonly FileStream _both;

    public UnreadPipe(string directory)
    {
        Path = System.IO.Path.Combine(directory, "unread");
        if (mkfifo(Path, 0x180) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"mkfifo {Path}");

        // Both ends, so that nobody's opening waits for the other one, and so that it is never without a reader.
        _both = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        _both.Write(new byte[PipeBytes]);
    }

    public string Path { get; }

    /// <summary>Whoever writes from now on has no reader.</summary>
    public void Dispose() => _both.Dispose();

    /// <summary>Takes what is in it and what comes, until a line matches.</summary>
    /// <returns>All lines so far.</returns>
    public async Task<IReadOnlyList<string>> ReadUntilAsync(Func<string, bool> matches)
    {
        var text = new StringBuilder();
        var buffer = new byte[PipeBytes];
        using var late = new CancellationTokenSource(HostUnderTest.Patience);
        while (true)
        {
            var bytes = await Task.Run(() => _both.Read(buffer)).WaitAsync(late.Token);
            text.Append(Encoding.UTF8.GetString(buffer.AsSpan(0, bytes)).TrimStart('\0'));
            var lines = text.ToString().Split('\n')[..^1];
            if (lines.Any(matches))
                return lines;
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int mkfifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
