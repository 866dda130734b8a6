using System.Diagnostics;

namespace Checkpoint.Tests.Tidy;

/// <summary>The checkout that the tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every file that git knows here or would add, by its path below the root.</summary>
    public static IReadOnlyList<string> Files { get; } = ListFiles();

    public static string PathOf(string file) => Path.Combine(Root, file);

    public static string Read(string file) => File.ReadAllText(PathOf(file));

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Checkpoint.sln")))
                return directory.FullName;
        }

        throw new InvalidOperationException($"no Checkpoint.sln above {AppContext.BaseDirectory}");
    }

    private static IReadOnlyList<string> ListFiles()
    {
        var git = new ProcessStartInfo("git", ["-c", "core.quotepath=off", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(git)!;
        var files = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return process.ExitCode == 0 && files.Length > 0
            ? [.. files.Distinct().Where(file => File.Exists(PathOf(file)))]
            : throw new InvalidOperationException($"git ls-files ended with {process.ExitCode}");
    }
}
