using System.Globalization;

namespace Checkpoint.Host.Limits;

/// <summary>
/// What the control groups of this process allow, of version 1 and 2: the lowest limit from the process's own group up to the root, since each of
/// them counts. Within a container the path of the group may not be there; its mount is then the group itself.
/// </summary>
/// <param name="mount">Where control groups are mounted.</param>
/// <param name="groups">The lines of /proc/self/cgroup: number, controllers, path.</param>
public sealed class CgroupLimits(string mount, IReadOnlyList<string> groups)
{
    /// <summary>Threads count as processes here.</summary>
    public Bound Processes => Lowest("pids", "pids.max", "pids.max", "pids.max");

    /// <value>Bytes.</value>
    public Bound MemoryBytes => Lowest("memory", "memory.limit_in_bytes", "memory.max", "memory.max");

    private Bound Lowest(string controller, string fileOfVersion1, string fileOfVersion2, string name)
    {
        var lowest = Bound.None;
        foreach (var group in groups)
        {
            var parts = group.Split(':', 3);
            if (parts.Length != 3)
                continue;
            if (parts[1].Length == 0)
                lowest = Up(mount, parts[2], fileOfVersion2, name, lowest);
            else if (parts[1].Split(',').Contains(controller))
                lowest = Up(Path.Combine(mount, parts[1].Contains(',') ? parts[1] : controller), parts[2], fileOfVersion1, name, lowest);
        }

        return lowest;
    }

    private static Bound Up(string root, string path, string file, string name, Bound lowest)
    {
        for (var group = path.Trim('/'); ; group = Path.GetDirectoryName(group) ?? "")
        {
            if (Read(Path.Combine(root, group, file)) is { } value)
                lowest = lowest.Min(new Bound($"the control group's {name}", value));
            if (group.Length == 0)
                return lowest;
        }
    }

    /// <returns>Null where there is no such file, or no limit.</returns>
    private static long? Read(string file)
    {
        try
        {
            return long.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
