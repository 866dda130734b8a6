using System.Diagnostics;

namespace Checkpoint.Tests.Processes;

/// <summary>Changes a limit of a host that runs.</summary>
internal static class RunningLimits
{
    /// <param name="limit">As prlimit has it: <c>--nofile=100:600</c>.</param>
    public static void Set(HostUnderTest host, string limit)
    {
        using var prlimit = Process.Start("prlimit", [$"--pid={host.Pid}", limit])!;
        prlimit.WaitForExit();
        Assert.Equal(0, prlimit.ExitCode);
    }
}
