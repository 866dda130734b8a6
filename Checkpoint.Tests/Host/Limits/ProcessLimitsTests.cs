using Checkpoint.Host.Limits;

namespace Checkpoint.Tests.Host.Limits;

public sealed class ProcessLimitsTests : IDisposable
{
    private static readonly string[] Kernel =
    [
        "Limit                     Soft Limit           Hard Limit           Units     ",
        "Max address space         unlimited            unlimited            bytes     ",
        "Max processes             4096                 4096                 processes ",
        "Max open files            1024                 20000                files     ",
    ];

    private readonly DirectoryInfo _mount = Directory.CreateTempSubdirectory("ckpt-cgroup");

    public void Dispose() => _mount.Delete(recursive: true);

    [Fact(DisplayName = "What the kernel says is taken as it stands; root may pass RLIMIT_NPROC")]
    public void Kernel_limits()
    {
        var none = new CgroupLimits(_mount.FullName, []);
        var limits = ProcessLimits.From(Kernel, none, new Bound("heap", 1000), isRoot: false);
        Assert.Equal((new Bound("RLIMIT_NOFILE", 1024), new Bound("RLIMIT_NPROC", 4096), new Bound("heap", 1000)), (limits.Descriptors, limits.Threads, limits.MemoryBytes));
        Assert.Equal(Bound.None, ProcessLimits.From(Kernel, none, new Bound("heap", 1000), isRoot: true).Threads);
        Assert.Equal(new Bound("RLIMIT_AS", 500), ProcessLimits.From(["Max address space         500   unlimited   bytes"], none, new Bound("heap", 1000), true).MemoryBytes);
    }

    [Fact(DisplayName = "Control groups of version 1: the lowest limit up to the root; a path that is not there counts as the mount")]
    public void Version_1()
    {
        Write("pids/a/pids.max", "300\n");
        Write("pids/a/b/pids.max", "max\n");
        Write("memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write("memory/x/memory.limit_in_bytes", "1000\n");
        var limits = new CgroupLimits(_mount.FullName, ["9:name=systemd:/", "8:pids:/a/b", "4:memory:/docker/gone"]);
        Assert.Equal((new Bound("the control group's pids.max", 300), 9223372036854771712), (limits.Processes, limits.MemoryBytes.Value));
    }

    [Fact(DisplayName = "Control groups of version 2, one tree for all")]
    public void Version_2()
    {
        Write("a.slice/memory.max", "2000\n");
        Write("a.slice/b.service/memory.max", "3000\n");
        Write("a.slice/b.service/pids.max", "64\n");
        var limits = new CgroupLimits(_mount.FullName, ["0::/a.slice/b.service"]);
        Assert.Equal((new Bound("the control group's pids.max", 64), new Bound("the control group's memory.max", 2000)), (limits.Processes, limits.MemoryBytes));
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_mount.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
