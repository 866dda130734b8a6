using System.CommandLine;
using Checkpoint.Cli.Bench;
using Checkpoint.Cli.Native;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli.Commands;

/// <summary>Measures the cluster as an application would feel it.</summary>
public static class BenchCommand
{
    /// <summary>The client takes no longer one.</summary>
    private static readonly TimeSpan JoinMax = TimeSpan.FromMinutes(10);

    public static Command Build(CommandTree tree)
    {
        var quick = new Option<bool>("--quick") { Description = "Within a minute: 64 B and 16 KiB, 1 and 64 outstanding" };
        var contact = new Option<string[]>("--contact")
        {
            Description = "A host's remoting address to join through; may be repeated [default: what 'checkpoint status' shows]",
            HelpName = "HOST:PORT",
            AllowMultipleArgumentsPerToken = false,
        };
        var hostname = new Option<string>("--hostname")
        {
            Description = "This machine's address as the hosts reach it",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var native = new Option<bool>("--c") { Description = "Through the C library, by a C program that is built when its sources have changed" };
        var command = new Command(
            "bench", "Measures writes, reads, section create and delete, open and close, iteration; progress on standard error (a full run takes about 4 minutes)")
        {
            quick, native, contact, hostname,
        };
        tree.SetAction(command, (invocation, parsed, cancel) =>
        {
            var plan = parsed.GetValue(quick) ? BenchPlan.Quick : BenchPlan.Full;
            return parsed.GetValue(native)
                ? RunNativeAsync(invocation, plan, cancel)
                : RunAsync(invocation, plan, parsed.GetValue(contact) ?? [], parsed.GetRequiredValue(hostname), cancel);
        });
        return command;
    }

    private static async Task RunAsync(Invocation invocation, BenchPlan plan, IReadOnlyList<string> contacts, string hostname, CancellationToken cancel)
    {
        var clock = invocation.Terminal.Clock;
        var startedAt = clock.GetTimestamp();
        if (contacts.Count == 0)
            contacts = await ContactsAsync(invocation, cancel);

        var patience = TimeSpan.FromTicks(Math.Min(AisTime.ToTimeSpan(invocation.Budget.Total).Ticks, JoinMax.Ticks));
        invocation.Terminal.Error.WriteLine($"joining {string.Join(", ", contacts)} ...");
        await using var cluster = await ClusterBench.ConnectAsync(contacts, hostname, patience, clock, cancel);
        var node = cluster.Node;
        var progress = new BenchProgress(invocation.Terminal, BenchRunner.StepsOf(plan));
        var runName = $"bench-{Guid.NewGuid():N}";
        var (measurements, flatness) = await new BenchRunner(cluster, plan, runName, clock, progress).RunAsync(cancel);
        Write(invocation, new BenchReport(plan.IsQuick, node, contacts, clock.GetElapsedTime(startedAt), measurements, flatness));
    }

    /// <summary>The C library knows one way to a host: its socket.</summary>
    private static async Task RunNativeAsync(Invocation invocation, BenchPlan plan, CancellationToken cancel)
    {
        var programs = await NativePrograms.BuildAsync(invocation.Terminal, cancel);
        var startedAt = invocation.Terminal.Clock.GetTimestamp();
        string node, socket;
        await using (var link = await ConnectAsync(invocation, cancel))
            (node, socket) = (link.HostName, link.SocketPath);
        var progress = new BenchProgress(invocation.Terminal, NativeBench.StepsOf(plan));
        var (measurements, flatness) = await new NativeBench(programs, plan, progress).RunAsync($"bench-{Guid.NewGuid():N}", socket, cancel);
        Write(invocation, new BenchReport(plan.IsQuick, node, [socket], invocation.Terminal.Clock.GetElapsedTime(startedAt), measurements, flatness));
    }

    private static void Write(Invocation invocation, BenchReport report)
    {
        if (invocation.Json)
            JsonOutput.Document(invocation.Terminal, report.WriteJson);
        else
            report.WriteText(invocation.Terminal.Out, invocation.Terminal.UseColour);
    }

    /// <summary>The nodes that the local host sees as good.</summary>
    private static async Task<IReadOnlyList<string>> ContactsAsync(Invocation invocation, CancellationToken cancel)
    {
        await using var link = await ConnectAsync(invocation, cancel);
        var status = await link.CallAsync<SessionProtocol.NodeStatus>(new SessionProtocol.GetNodeStatus(), cancel);
        string[] contacts = [.. status.Nodes.Where(node => node.InView && node.Reachability == "reachable").Select(node => node.Host.Address)];
        return contacts.Length > 0
            ? contacts
            : throw new CliFailure(ExitCode.Refused, $"{status.NodeName} knows no reachable node in its view", "'checkpoint status' shows the nodes");
    }

    private static async Task<Connection.HostLink> ConnectAsync(Invocation invocation, CancellationToken cancel)
    {
        try
        {
            return await invocation.ConnectAsync(cancel);
        }
        catch (CliFailure none) when (none.ExitCode == ExitCode.Unreachable)
        {
            throw new CliFailure(
                none.ExitCode,
                none.Message,
                "'./run.sh --keep' starts three hosts here, then './checkpoint bench'; for hosts elsewhere: './checkpoint bench --contact HOST:PORT --hostname MY-ADDRESS'",
                none.Status);
        }
    }
}
