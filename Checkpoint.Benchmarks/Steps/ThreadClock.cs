using System.Runtime.InteropServices;

namespace Checkpoint.Benchmarks.Steps;

/// <summary>The CPU time of the calling thread (Linux): what other threads and other processes use does not count.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID, <time.h>

    /// <value>Nanoseconds.</value>
    public static long Now => GetTime(ThreadCpuTime, out var time) == 0
        ? (time.Seconds * 1_000_000_000) + time.Nanoseconds
        : throw new InvalidOperationException($"clock_gettime failed: {Marshal.GetLastPInvokeError()}");

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, out TimeSpec time);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
