using System.CommandLine;
using Checkpoint.Cli.Connection;
using Checkpoint.Cli.Output;
using Checkpoint.Cli.Views;

namespace Checkpoint.Cli.Commands;

public static class ShowCommand
{
    public static Command Build(CommandTree tree)
    {
        var name = Values.Name();
        var sections = new Option<bool>("--sections") { Description = "List every section too (opens the checkpoint for reading)" };
        var command = new Command("show", "One checkpoint: attributes, openers and replicas, under their AIS information model names") { name, sections };
        tree.SetAction(command, (invocation, parsed, cancel) =>
            RunAsync(invocation, parsed.GetRequiredValue(name), parsed.GetValue(sections), cancel));
        return command;
    }

    private static async Task RunAsync(Invocation invocation, CheckpointName name, bool withSections, CancellationToken cancel)
    {
        await using var link = await invocation.ConnectAsync(cancel);
        var detail = await link.CallAsync<SessionProtocol.CheckpointDetail>(new SessionProtocol.ShowCheckpoint(name), cancel);
        var view = new DetailView(detail, withSections ? await SectionsAsync(link, name, cancel) : null);
        if (invocation.Json)
            JsonOutput.Document(invocation.Terminal, view.WriteJson);
        else
            view.WriteText(invocation.Terminal.Out, invocation.Terminal.UseColour);
    }

    private static async Task<IReadOnlyList<SectionDescriptor>> SectionsAsync(HostLink link, CheckpointName name, CancellationToken cancel)
    {
        var opened = await OpenedCheckpoint.OpenAsync(link, name, OpenFlags.Read, cancel);
        var sections = await opened.SectionsAsync(cancel);
        await opened.CloseAsync(cancel);
        return sections;
    }
}
