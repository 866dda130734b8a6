using System.Runtime.InteropServices;
using Checkpoint.Cli;

using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
var terminal = Terminal.OfProcess();
try
{
    var running = Task.Run(() => new CommandTree(terminal).RunAsync(args, interrupted.Token));
    if (await HasEndedAsync(running))
        return await running;
    terminal.Error.WriteLine("checkpoint: interrupted");
    return ExitCode.Interrupted;
}
catch (Exception fault) when (fault is not OutOfMemoryException)
{
    // Everything that a user can cause is a CliFailure: this is ours, and a report needs the trace.
    terminal.Error.WriteLine($"checkpoint: a fault of this program, please report it: {fault}");
    return ExitCode.Internal;
}

// A write to an output that nobody reads cannot be called off: it is left behind when a signal wants the end.
async Task<bool> HasEndedAsync(Task running)
{
    var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    await using (interrupted.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), signalled))
        await Task.WhenAny(running, signalled.Task);
    return running.IsCompleted || await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None)) == running;
}

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    interrupted.Cancel();
}
