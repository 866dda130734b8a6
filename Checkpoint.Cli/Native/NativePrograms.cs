using System.ComponentModel;
using System.Diagnostics;
using Checkpoint.Cli.Connection;

namespace Checkpoint.Cli.Native;

/// <summary>
/// The C programs of this checkout: built by <c>Checkpoint.Native/build.sh</c> (which builds only what has changed) when they are needed,
/// and run as processes of their own.
/// </summary>
public sealed class NativePrograms
{
    private const string CompilerVariable = "CC";

    private readonly Terminal _terminal;
    private readonly string _directory;

    private NativePrograms(Terminal terminal, string directory) => (_terminal, _directory) = (terminal, directory);

    /// <exception cref="CliFailure">This is no checkout of the sources, no compiler is there, or the build fails.</exception>
    public static async Task<NativePrograms> BuildAsync(Terminal terminal, CancellationToken cancel)
    {
        var home = terminal.Variable(SocketCandidates.HomeVariable);
        var directory = Path.Combine(home is { Length: > 0 } ? home : Directory.GetCurrentDirectory(), "Checkpoint.Native");
        var script = Path.Combine(directory, "build.sh");
        if (!File.Exists(script))
            throw new CliFailure(ExitCode.LocalFile, $"{script} is not there", "this command is for a checkout of the sources: call ./checkpoint at its root");
        var compiler = terminal.Variable(CompilerVariable) is { Length: > 0 } own ? own : "gcc";
        if (!IsOnPath(compiler, terminal.Variable("PATH") ?? ""))
            throw new CliFailure(ExitCode.LocalFile, $"{compiler} is not on the PATH: the C programs cannot be built", "apt-get install gcc libc6-dev");

        var start = new ProcessStartInfo("bash", [script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var exitCode = await RunAsync(start, terminal.Error.WriteLine, terminal.Error.WriteLine, cancel);
        return exitCode == 0
            ? new NativePrograms(terminal, Path.Combine(directory, "build"))
            : throw new CliFailure(ExitCode.LocalFile, $"{script} ended with {exitCode}: the C programs cannot be built", "its messages stand above");
    }

    /// <summary>A file of the build.</summary>
    public string PathOf(string name) => Path.Combine(_directory, name);

    /// <summary>Runs a program of the build; what it prints goes where this program's output goes.</summary>
    /// <param name="socket">Of the host that the C library shall use; null leaves it the choice.</param>
    /// <param name="line">Takes what it prints on standard output instead, line by line.</param>
    /// <returns>Its exit code, 128 and the signal when one ended it.</returns>
    /// <exception cref="CliFailure">It cannot be run.</exception>
    public Task<int> RunAsync(string name, IEnumerable<string> arguments, string? socket, Action<string>? line, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(PathOf(name), arguments) { RedirectStandardOutput = line is not null };
        if (socket is not null)
            start.Environment[SocketCandidates.Variable] = socket;
        _terminal.Flush();
        return RunAsync(start, line, null, cancel);
    }

    private static async Task<int> RunAsync(ProcessStartInfo start, Action<string>? outLine, Action<string>? errorLine, CancellationToken cancel)
    {
        using var process = new Process { StartInfo = start };
        var gate = new Lock();
        process.OutputDataReceived += (_, line) => Tell(outLine, line.Data);
        process.ErrorDataReceived += (_, line) => Tell(errorLine, line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception fault)
        {
            throw new CliFailure(ExitCode.LocalFile, $"{start.FileName} cannot be run: {fault.Message}");
        }

        if (start.RedirectStandardOutput)
            process.BeginOutputReadLine();
        if (start.RedirectStandardError)
            process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        return process.ExitCode;

        void Tell(Action<string>? to, string? line)
        {
            if (line is null)
                return;
            lock (gate)
                to?.Invoke(line);
        }
    }

    private static bool IsOnPath(string program, string path) =>
        program.Contains('/') ? File.Exists(program) : path.Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));
}
