using System.Text;

namespace Checkpoint.Cli.Connection;

/// <summary>Where a host's socket may be. The first that answers is used.</summary>
/// <param name="Path">Of a Unix socket.</param>
/// <param name="Source">Why it is tried, for messages.</param>
public sealed record SocketCandidate(string Path, string Source)
{
    /// <summary>What the kernel takes of a path, without its final zero.</summary>
    private const int PathMaxBytes = 107;

    /// <summary>The same place, relative to the working directory when the whole path is longer than the kernel takes.</summary>
    public string PathToUse =>
        Encoding.UTF8.GetByteCount(Path) <= PathMaxBytes ? Path : System.IO.Path.GetRelativePath(Directory.GetCurrentDirectory(), Path);
}

/// <summary>
/// Which sockets to try: what the user named and nothing else; else the hosts that <c>run.sh --keep</c> left running in this checkout;
/// else the system's own.
/// </summary>
public static class SocketCandidates
{
    public const string Variable = "CHECKPOINT_SOCKET";

    /// <summary>Set by the wrapper to the checkout's root.</summary>
    public const string HomeVariable = "CHECKPOINT_HOME";

    public const string SystemPath = "/run/checkpoint/checkpoint.sock";

    // run.sh keeps its hosts' sockets at most this deep below .run; deeper are their data directories.
    private const int DepthMax = 3;

    public static IReadOnlyList<SocketCandidate> Of(string? option, Func<string, string?> environment)
    {
        if (option is not null)
            return [new(option, "--socket")];
        if (environment(Variable) is { Length: > 0 } named)
            return [new(named, Variable)];

        var candidates = new List<SocketCandidate>();
        if (environment(HomeVariable) is { Length: > 0 } home)
            candidates.AddRange(Kept(Path.Combine(home, ".run")).Select(path => new SocketCandidate(path, "run.sh --keep")));
        candidates.Add(new(SystemPath, "the system's host"));
        return candidates;
    }

    private static IEnumerable<string> Kept(string directory)
    {
        if (!Directory.Exists(directory))
            return [];
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = DepthMax, AttributesToSkip = 0, IgnoreInaccessible = true };
        return Directory.EnumerateFiles(directory, "*.sock", options).Order(StringComparer.Ordinal);
    }
}
