using System.Diagnostics;
using Checkpoint.Tests.Processes;

namespace Checkpoint.Tests.Native;

/// <summary>One run of a C program at a host's socket: its whole observable result.</summary>
internal sealed record NativeRun(int ExitCode, string Out, string Error)
{
    public static async Task<NativeRun> OfAsync(string program, IEnumerable<string> arguments, string socket, TimeSpan patience, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CHECKPOINT_SOCKET"] = socket;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = new Process { StartInfo = start };
        process.Start();
        StartedProcesses.Add(process);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} has not ended within {patience}: {await output} {await error}", e);
        }
        finally
        {
            StartedProcesses.End(process);
        }

        return new NativeRun(process.ExitCode, await output, await error);
    }
}
