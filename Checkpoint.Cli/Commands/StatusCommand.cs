using System.CommandLine;
using Checkpoint.Cli.Connection;
using Checkpoint.Cli.Output;
using Checkpoint.Cli.Views;

namespace Checkpoint.Cli.Commands;

public static class StatusCommand
{
    public static Command Build(CommandTree tree)
    {
        var command = new Command("status", "The view, its nodes and their reachability, the journal, which node orders which checkpoint, the clients");
        tree.SetAction(command, (invocation, _, cancel) => RunAsync(invocation, cancel));
        return command;
    }

    private static async Task RunAsync(Invocation invocation, CancellationToken cancel)
    {
        await using var link = await invocation.ConnectAsync(cancel);
        var status = await link.CallAsync<SessionProtocol.NodeStatus>(new SessionProtocol.GetNodeStatus(), cancel);

        // A host that does not serve refuses the list; its status is then the more wanted.
        var list = await link.AskAsync(new SessionProtocol.ListCheckpoints(), cancel);
        var rows = list.Status == AisStatus.Ok ? RowsOf(list) : [];
        var limits = await link.AskAsync(new SessionProtocol.GetNodeLimits(), cancel);
        var view = new StatusView(status, rows, limits.Body is SessionProtocol.NodeLimits known ? known.Rows : []);
        if (invocation.Json)
            JsonOutput.Document(invocation.Terminal, view.WriteJson);
        else
            view.WriteText(invocation.Terminal.Out, invocation.Terminal.UseColour);
    }

    private static IReadOnlyList<SessionProtocol.CheckpointRow> RowsOf(SessionProtocol.Answer list) =>
        HostLink.Expect<SessionProtocol.CheckpointList>(list).Rows;
}
