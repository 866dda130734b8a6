using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Checkpoint.Tests.Processes;

/// <summary>Every process that a test started, so that none outlives the run: ended at exit, and recorded by id for test.sh.</summary>
public static class StartedProcesses
{
    private static readonly ConcurrentDictionary<int, Process> Running = new();
    private static readonly Lock Gate = new();

    static StartedProcesses() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Running.Values)
            End(process);
    };

    /// <summary>Whoever disposes of it calls <see cref="End"/> before that: a disposed process can be asked nothing at exit.</summary>
    public static void Add(Process process)
    {
        var id = process.Id;
        Running[id] = process;
        if (Environment.GetEnvironmentVariable("CHECKPOINT_TEST_PIDS") is { Length: > 0 } record)
        {
            lock (Gate)
                File.AppendAllText(record, id.ToString(CultureInfo.InvariantCulture) + "\n");
        }
    }

    public static void End(Process process)
    {
        Running.TryRemove(process.Id, out _);
        if (!process.HasExited)
            process.Kill();
    }
}
