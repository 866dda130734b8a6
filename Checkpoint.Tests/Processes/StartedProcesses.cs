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

    public static void Add(Process process)
    {
        var id = process.Id;
        Running[id] = process;
        process.Disposed += (_, _) => Running.TryRemove(new KeyValuePair<int, Process>(id, process)); // It can be asked nothing more.
        if (Environment.GetEnvironmentVariable("CHECKPOINT_TEST_PIDS") is { Length: > 0 } record)
        {
            lock (Gate)
                File.AppendAllText(record, process.Id.ToString(CultureInfo.InvariantCulture) + "\n");
        }
    }

    public static void End(Process process)
    {
        Running.TryRemove(process.Id, out _);
        if (!process.HasExited)
            process.Kill();
    }
}
