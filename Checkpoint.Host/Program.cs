using System.CommandLine;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Host.Configuration;
using Checkpoint.Host.Lifecycle;
using Checkpoint.Host.Logging;

ProcessEnd.CatchUnhandled();
var signals = HostSignals.Install();
NativeHeap.Bound();
var config = new Option<FileInfo>("--config") { Description = "the node's HOCON file, as hocon/node1.conf", Required = true };
var set = new Option<string[]>("--set") { Description = "key=value: overrides the file; may be given several times", DefaultValueFactory = _ => [] };
var command = new RootCommand("checkpointd: one host of the Checkpoint service. Exit codes: 0 left, 2 bad configuration, 3 left out of the view, 4 not started, 5 failed.")
{
    config,
    set,
};
command.SetAction(async (parsed, _) =>
{
    try
    {
        HostConfiguration Load() => HostConfiguration.Load(parsed.GetRequiredValue(config).FullName, parsed.GetRequiredValue(set));
        return await new HostProcess(Load(), Load, TimeProvider.System, signals, StandardLines.Output).RunAsync();
    }
    catch (ConfigurationFaultsException e)
    {
        foreach (var line in e.Faults.Select(fault => $"  {fault}").Prepend($"checkpointd: {e.Faults.Count} fault(s) in the configuration:"))
            StandardLines.Error.Write(line, urgent: true);
        StandardLines.Error.Flush(StandardLines.Patience);
        return ExitCode.BadConfiguration;
    }
    catch (StartFailedException e)
    {
        ProcessEnd.Say($"checkpointd: {e.Message}");
        return ExitCode.StartFailed;
    }
});

// Signals are HostSignals': the library's own handler would end the process under a leave that is on its way.
var result = command.Parse(args);
var status = await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
return result.Errors.Count > 0 ? ExitCode.BadConfiguration : status;
