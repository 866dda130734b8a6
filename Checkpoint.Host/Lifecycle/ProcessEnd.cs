using System.Runtime.InteropServices;
using Checkpoint.Host.Logging;

namespace Checkpoint.Host.Lifecycle;

/// <summary>
/// The end of a process that must not go on: its reason in one line on standard error, then SIGABRT (exit code 134). The runtime's own ways to such an end
/// print first and never end when nobody reads what they print.
/// </summary>
public static class ProcessEnd
{
    /// <summary>What nobody catches ends the process so, too.</summary>
    public static void CatchUnhandled() => AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
        Abort($"checkpointd ends by an unhandled exception: {unhandled.ExceptionObject}");

    public static void Abort(string why)
    {
        Say(why);
        abort();
    }

    /// <summary>One line on standard error, tried for a bounded time.</summary>
    public static void Say(string line)
    {
        StandardLines.Error.Write(line.ReplaceLineEndings(" ; "), urgent: true);
        StandardLines.Error.Flush(StandardLines.Patience);
    }

    [DllImport("libc")]
    private static extern void abort();
}
