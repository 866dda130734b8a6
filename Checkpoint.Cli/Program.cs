using System.Runtime.InteropServices;
using Checkpoint.Cli;

using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
try
{
    return await new CommandTree(Terminal.OfProcess()).RunAsync(args, interrupted.Token);
}
catch (Exception fault) when (fault is not OutOfMemoryException)
{
    // Everything that a user can cause is a CliFailure: this is ours, and a report needs the trace.
    Console.Error.WriteLine($"checkpoint: a fault of this program, please report it: {fault}");
    return ExitCode.Internal;
}

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    interrupted.Cancel();
}
