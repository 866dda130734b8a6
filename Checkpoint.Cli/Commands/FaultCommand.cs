using System.CommandLine;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli.Commands;

/// <summary>Makes the host of this machine misbehave, for tests. Only hosts that were started with <c>checkpoint.faults.enabled = on</c> do it.</summary>
public static class FaultCommand
{
    public static Command Build(CommandTree tree)
    {
        var fault = new Argument<string>("FAULT")
        {
            Description = "stall MILLISECONDS, drop FRACTION, no-memory on|off, clock-offset MILLISECONDS, throw STEP NAME, corrupt NAME SECTION, collect, or none: all off",
        };
        var value = new Argument<string[]>("VALUE") { Description = "What the fault takes", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("fault", "Makes the host misbehave, for tests; refused unless its configuration allows faults") { fault, value };
        tree.SetAction(command, (invocation, parsed, cancel) =>
            RunAsync(invocation, parsed.GetRequiredValue(fault), string.Join(' ', parsed.GetValue(value) ?? []), cancel));
        return command;
    }

    private static async Task RunAsync(Invocation invocation, string fault, string value, CancellationToken cancel)
    {
        await using var link = await invocation.ConnectAsync(cancel);
        var answer = await link.AskAsync(new SessionProtocol.InjectFault(fault, value), cancel);
        if (answer.Status == AisStatus.BadOperation)
            throw CliFailure.Refused(answer.Status, answer.Reason, "a host for tests is started with --set checkpoint.faults.enabled=on");
        if (answer.Status != AisStatus.Ok)
            throw CliFailure.Refused(answer.Status, answer.Reason, answer.Status == AisStatus.InvalidParam ? "'checkpoint fault --help' shows the faults" : null);

        if (invocation.Json)
        {
            JsonOutput.Document(invocation.Terminal, json =>
            {
                json.WriteStartObject();
                json.WriteString("node", link.HostName);
                json.WriteString("fault", fault);
                json.WriteString("value", value);
                json.WriteEndObject();
            });
        }
        else
            invocation.Terminal.Out.WriteLine($"{link.HostName}: {fault} {value}".TrimEnd());
    }
}
