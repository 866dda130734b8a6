using System.CommandLine;
using Checkpoint.Cli.Output;
using Checkpoint.Cli.Views;

namespace Checkpoint.Cli.Commands;

public static class ListCommand
{
    public static Command Build(CommandTree tree)
    {
        var command = new Command("list", "The checkpoints: kind, sections, size, which node orders their updates");
        tree.SetAction(command, (invocation, _, cancel) => RunAsync(invocation, cancel));
        return command;
    }

    private static async Task RunAsync(Invocation invocation, CancellationToken cancel)
    {
        await using var link = await invocation.ConnectAsync(cancel);
        var list = await link.CallAsync<SessionProtocol.CheckpointList>(new SessionProtocol.ListCheckpoints(), cancel);
        var view = new ListView(list.Rows);
        if (invocation.Json)
            JsonOutput.Document(invocation.Terminal, view.WriteJson);
        else
            view.WriteText(invocation.Terminal.Out, invocation.Terminal.UseColour);
    }
}
