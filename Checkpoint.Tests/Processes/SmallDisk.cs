using System.Diagnostics;
using System.Globalization;

namespace Checkpoint.Tests.Processes;

/// <summary>A file system of its own with few bytes (tmpfs), which only root can mount.</summary>
public sealed class SmallDisk : IDisposable
{
    private const int PageBytes = 4096;

    public SmallDisk(string directory, int pages)
    {
        Path = Directory.CreateDirectory(directory).FullName;
        Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={pages * PageBytes}"), "tmpfs", Path);
    }

    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Takes what is free, but for some pages.</summary>
    public void Fill(int pagesLeft = 0)
    {
        using (var filler = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            var page = new byte[PageBytes];
            try
            {
                while (true)
                    filler.Write(page);
            }
            catch (IOException)
            {
                filler.SetLength(filler.Length / PageBytes * PageBytes - pagesLeft * PageBytes);
            }
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose() => Run("umount", "-l", Path);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}");
    }
}

/// <summary>A spec that mounts a <see cref="SmallDisk"/>.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "only root can mount a small disk";
}
