using System.Diagnostics;
using System.Globalization;

namespace WordCount.Demonstration;

/// <summary>
/// One process that the demonstration started. Its id stands in the file <c>pids</c> together with its start time, so that whoever cleans up ends
/// this process and never another that was given its number.
/// </summary>
public abstract class ChildProcess : IDisposable
{
    private readonly Process _process;

    protected ChildProcess(string name, ProcessStartInfo start, string pidFile)
    {
        Name = name;
        _process = Process.Start(start)!;
        File.AppendAllText(pidFile, string.Create(CultureInfo.InvariantCulture, $"{_process.Id} {StartTime(_process.Id)} {name}\n"));
    }

    public string Name { get; }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    protected Process Process => _process;

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
            _process.Kill();
    }

    public async Task<int> ExitCodeAsync(CancellationToken cancel)
    {
        await _process.WaitForExitAsync(cancel);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _process.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Field 22 of /proc/PID/stat, counted behind the name in parentheses, which may hold anything.</summary>
    private static string StartTime(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
    }
}
