using System.Globalization;

namespace Checkpoint.Tests.Processes;

/// <summary>A control group (version 1) of its own for the hosts of one spec.</summary>
internal sealed class ControlGroup : IDisposable
{
    private readonly string _directory;

    public ControlGroup(string controller, string file, long limit)
    {
        _directory = Path.Combine("/sys/fs/cgroup", controller, $"ckpt-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_directory);
        Set(file, limit);
    }

    /// <summary>Starts a program within it.</summary>
    public IReadOnlyList<string> Launcher => ["sh", "-c", $"echo $$ > {_directory}/cgroup.procs && exec \"$@\"", "sh"];

    public void Set(string file, long limit) => File.WriteAllText(Path.Combine(_directory, file), limit.ToString(CultureInfo.InvariantCulture));

    public long Get(string file) => long.Parse(File.ReadAllText(Path.Combine(_directory, file)), CultureInfo.InvariantCulture);

    /// <summary>Every host of it has ended.</summary>
    public void Dispose() => Directory.Delete(_directory);

    public static bool IsPossible(string controller)
    {
        try
        {
            var probe = Directory.CreateDirectory($"/sys/fs/cgroup/{controller}/ckpt-{Guid.NewGuid():N}");
            var isOne = File.Exists(Path.Combine(probe.FullName, "cgroup.procs"));
            probe.Delete();
            return isOne && File.Exists($"/sys/fs/cgroup/{controller}/tasks");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

/// <summary>Only where a control group of version 1 can be made: root on a kernel that mounts it.</summary>
internal sealed class ControlGroupFactAttribute : FactAttribute
{
    public ControlGroupFactAttribute(string controller)
    {
        if (!ControlGroup.IsPossible(controller))
            Skip = $"no control group can be made in /sys/fs/cgroup/{controller}";
    }
}
