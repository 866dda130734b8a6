using System.Globalization;

namespace Checkpoint.Host.Limits;

/// <summary>Something that the process may have so many of.</summary>
/// <param name="Name">Who says so, as an operator knows it.</param>
public sealed record Bound(string Name, long Value)
{
    public static readonly Bound None = new("no limit", long.MaxValue);

    public Bound Min(Bound other) => other.Value < Value ? other : this;
}

/// <summary>What this process may have, by the kernel's and the runtime's word, at its start.</summary>
public sealed record ProcessLimits(Bound Descriptors, Bound Threads, Bound MemoryBytes)
{
    /// <summary>The runtime has raised the soft limit of descriptors to the hard one before it came to us; so the soft one is what counts.</summary>
    public static ProcessLimits Measure() => From(
        File.ReadAllLines("/proc/self/limits"),
        new CgroupLimits("/sys/fs/cgroup", File.ReadAllLines("/proc/self/cgroup")),
        new Bound(
            Environment.GetEnvironmentVariable("DOTNET_GCHeapHardLimit") is null ? "the runtime's memory" : "DOTNET_GCHeapHardLimit",
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes),
        isRoot: Environment.IsPrivilegedProcess);

    /// <param name="limits">The lines of /proc/self/limits.</param>
    /// <param name="heap">What the garbage collector may use: its own limit, the container's share, or the machine's memory.</param>
    /// <param name="isRoot">The kernel lets root pass RLIMIT_NPROC.</param>
    public static ProcessLimits From(IReadOnlyList<string> limits, CgroupLimits cgroup, Bound heap, bool isRoot) => new(
        Soft(limits, "Max open files", "RLIMIT_NOFILE"),
        (isRoot ? Bound.None : Soft(limits, "Max processes", "RLIMIT_NPROC")).Min(cgroup.Processes),
        heap.Min(cgroup.MemoryBytes).Min(Soft(limits, "Max address space", "RLIMIT_AS")));

    /// <summary>A line is the name, in a column of 26 characters, the soft limit, the hard one, the unit.</summary>
    private static Bound Soft(IReadOnlyList<string> limits, string line, string name)
    {
        var found = limits.FirstOrDefault(candidate => candidate.StartsWith(line, StringComparison.Ordinal));
        var soft = found?[line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? new Bound(name, value) : Bound.None;
    }
}
