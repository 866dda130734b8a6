using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli.Commands;

/// <summary>Makes a node leave without a client noticing.</summary>
public static class DrainCommand
{
    /// <summary>A graceful leave hands over every orderer first: less than this would often be too little.</summary>
    private const long LeaveMin = 60 * AisTime.NanosecondsPerSecond;

    public static Command Build(CommandTree tree)
    {
        var node = new Argument<string>("NODE") { Description = "The node's name, as 'checkpoint status' shows it" };
        var command = new Command("drain", "Moves the node's orderers away and makes it leave the cluster; ends when it has left (--timeout, at least 1m here)") { node };
        tree.SetAction(command, (invocation, parsed, cancel) => RunAsync(invocation, parsed.GetRequiredValue(node), cancel));
        return command;
    }

    private static async Task RunAsync(Invocation invocation, string node, CancellationToken cancel)
    {
        var patient = invocation with { Budget = invocation.Budget.AtLeast(LeaveMin) };
        var startedAt = invocation.Terminal.Clock.GetTimestamp();
        await using var link = await patient.ConnectAsync(cancel);
        invocation.Terminal.Error.WriteLine($"draining {node} ...");
        try
        {
            var answer = await link.AskAsync(new SessionProtocol.Drain(node), cancel);
            if (answer.Status != AisStatus.Ok)
            {
                throw CliFailure.Refused(
                    answer.Status, answer.Reason, answer.Status == AisStatus.NotExist ? "'checkpoint status' shows the names of the nodes" : null);
            }
        }
        catch (CliFailure lost) when (lost.ExitCode == ExitCode.Unreachable && link.HostName == node)
        {
            // The host that was asked is the one that leaves: it takes the connection with it. It has left when its socket has.
            await link.UntilGoneAsync(lost, cancel);
        }

        var took = invocation.Terminal.Clock.GetElapsedTime(startedAt);
        if (invocation.Json)
            JsonOutput.Document(invocation.Terminal, json => WriteJson(json, node, took));
        else
            invocation.Terminal.Out.WriteLine($"{node} has left after {took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s");
    }

    private static void WriteJson(Utf8JsonWriter json, string node, TimeSpan took)
    {
        json.WriteStartObject();
        json.WriteString("node", node);
        json.WriteBoolean("left", true);
        json.WriteNumber("seconds", Math.Round(took.TotalSeconds, 3));
        json.WriteEndObject();
    }
}
