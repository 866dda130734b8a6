using System.Diagnostics;
using System.Globalization;
using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Processes;

/// <summary>One real <c>checkpointd</c> process.</summary>
public sealed class HostUnderTest : IAsyncDisposable
{
    /// <summary>Generous: the machine may be busy with everything else. Waiting is by event, so a good run never takes it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly ProcessLines _lines;

    private HostUnderTest(string name, string address, Process process)
    {
        Name = name;
        Address = address;
        _process = process;
        _lines = new ProcessLines(process);
    }

    public string Name { get; }

    /// <value>"host:port", as in the ready line.</value>
    public string Address { get; }

    public int Pid { get; private init; }

    public bool HasEnded => _process.HasExited;

    public IReadOnlyList<string> Log => _lines.Lines;

    /// <summary>Starts it with the arguments as they stand.</summary>
    /// <param name="environment">Variables that it gets besides those of this process.</param>
    /// <param name="redirections">What a shell does with its descriptors before it becomes the host, as <c>&gt;/dev/full</c>; empty: no shell.</param>
    /// <param name="launcher">A program and its arguments that starts what follows in its own place, as prlimit does; empty: none.</param>
    public static HostUnderTest Start(
        string name,
        string address,
        IReadOnlyDictionary<string, string> environment,
        string redirections,
        IReadOnlyList<string> launcher,
        params string[] arguments)
    {
        string[] program = [.. launcher, "dotnet", "exec", Assembly(), .. arguments];
        string[] command = redirections.Length == 0 ? program : ["/bin/sh", "-c", $"exec \"$@\" {redirections}", "sh", .. program];
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            },
        };
        foreach (var (variable, value) in environment)
            process.StartInfo.Environment[variable] = value;
        process.Start();
        var host = new HostUnderTest(name, address, process) { Pid = process.Id };
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        StartedProcesses.Add(process);
        return host;
    }

    /// <returns>The fields of the ready line.</returns>
    public async Task<IReadOnlyDictionary<string, string>> ReadyAsync()
    {
        var line = await LineAsync("its ready line", line => line.StartsWith("ready ", StringComparison.Ordinal));
        return line.Split(' ').Skip(1).Select(field => field.Split('=', 2)).ToDictionary(field => field[0], field => field[1]);
    }

    public async Task<string> LineAsync(string what, Func<string, bool> matches)
    {
        try
        {
            return await _lines.FirstAsync(matches).WaitAsync(Patience);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            throw new TimeoutException($"{Name} ({Pid}): no {what} within {Patience}: {e.Message}\n{Tail()}", e);
        }
    }

    public void Kill() => Signals.Send(Pid, Signal.Kill);

    public void Term() => Signals.Send(Pid, Signal.Term);

    public void Pause() => Signals.Send(Pid, Signal.Stop);

    public void Resume() => Signals.Send(Pid, Signal.Cont);

    public void Hup() => Signals.Send(Pid, Signal.Hup);

    /// <summary>The exit code, 128 and the signal when it was killed; all its output has arrived by then.</summary>
    public async Task<int> ExitCodeAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(late.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"{Name} ({Pid}) has not ended within {Patience}\n{Tail()}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        StartedProcesses.End(_process);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public string Tail(int lines = 40) => string.Join('\n', Log.TakeLast(lines));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} at {Address}");

    /// <summary>The host as it was built beside these tests, in the same configuration.</summary>
    public static string Assembly()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Repository.PathOf(Path.Combine("Checkpoint.Host", "bin", output.Parent!.Name, output.Name, "checkpointd.dll"));
        return File.Exists(path) ? path : throw new FileNotFoundException("build Checkpoint.Host first", path);
    }
}
