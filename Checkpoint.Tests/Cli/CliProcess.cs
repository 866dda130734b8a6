using System.Diagnostics;
using Checkpoint.Tests.Processes;
using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Cli;

/// <summary>The command line as a process of its own.</summary>
public sealed class CliProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private CliProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    public int Pid => _process.Id;

    /// <summary>Text as it comes.</summary>
    public StreamReader Out => _process.StandardOutput;

    /// <summary>As it was built beside the tests, not ReadyToRun.</summary>
    public static CliProcess StartBuilt(params string[] arguments) =>
        Start("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "checkpoint.dll"), .. arguments]);

    /// <summary>The same below a shell, whose <paramref name="script"/> calls it as <c>"$@"</c>, with its streams as the script says.</summary>
    public static CliProcess StartIn(string script, params string[] arguments) =>
        Start("bash", ["-c", script, "bash", "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "checkpoint.dll"), .. arguments]);

    /// <summary>A copy of it that everybody may read, as <see cref="OtherUser"/>.</summary>
    public static CliProcess StartAsOther(string directory, params string[] arguments)
    {
        foreach (var file in (string[])["checkpoint.dll", "checkpoint.runtimeconfig.json", "System.CommandLine.dll", "Checkpoint.Protocol.dll"])
            File.Copy(Path.Combine(AppContext.BaseDirectory, file), Path.Combine(directory, file));
        string[] call = ["dotnet", "exec", Path.Combine(directory, "checkpoint.dll"), .. arguments];
        return OtherUser.IsRoot
            ? Start("setpriv", [$"--reuid={OtherUser.Id}", $"--regid={OtherUser.Id}", "--clear-groups", "--", .. call])
            : Start(call[0], call[1..]);
    }

    /// <summary>The wrapper at the root, as an operator calls it.</summary>
    public static CliProcess StartWrapper(params string[] arguments) => Start(Repository.PathOf("checkpoint"), arguments);

    /// <summary>As <see cref="StartWrapper"/>; prints its user and system CPU seconds as the last line of standard error.</summary>
    public static CliProcess StartTimedWrapper(params string[] arguments) =>
        Start("bash", ["-c", "TIMEFORMAT='%U %S'; time \"$0\" \"$@\"", Repository.PathOf("checkpoint"), .. arguments]);

    /// <summary>Waits for its end.</summary>
    public async Task<(int ExitCode, string Out, string Error)> EndAsync(TimeSpan? patience = null)
    {
        using var late = new CancellationTokenSource(patience ?? HostUnderTest.Patience);
        var output = await _process.StandardOutput.ReadToEndAsync(late.Token);
        await _process.WaitForExitAsync(late.Token);
        return (_process.ExitCode, output, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        StartedProcesses.End(_process);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static CliProcess Start(string program, string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;
        StartedProcesses.Add(process);
        process.StandardInput.Close();
        return new CliProcess(process);
    }
}
