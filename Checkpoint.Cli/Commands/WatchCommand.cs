using System.CommandLine;
using Checkpoint.Cli.Connection;
using Checkpoint.Cli.Streams;
using Checkpoint.Cli.Views;

namespace Checkpoint.Cli.Commands;

/// <summary>Prints the changes of a checkpoint as they become stable, until Ctrl-C.</summary>
public static class WatchCommand
{
    public static Command Build(CommandTree tree)
    {
        var name = Values.Name();
        var count = Values.Count("--count", "End after so many updates", int.MaxValue, "go on until Ctrl-C");
        var command = new Command("watch", "Prints each change of a checkpoint, live and in order; with --json one object a line") { name, count };
        tree.SetAction(command, async (invocation, parsed, cancel) =>
            await RunAsync(invocation, parsed.GetRequiredValue(name), count.Of(parsed), cancel));
        return command;
    }

    private static async Task RunAsync(Invocation invocation, CheckpointName name, int count, CancellationToken cancel)
    {
        invocation.Terminal.Output.Write([]); // One that was closed says so now: the first change may never come.
        await using var link = await invocation.ConnectAsync(cancel);
        var opened = await OpenedCheckpoint.OpenAsync(link, name, OpenFlags.Read, cancel);
        await opened.TrackAsync(cancel);
        if (!invocation.Json)
            invocation.Terminal.Error.WriteLine($"watching {name}; Ctrl-C ends it");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel, invocation.Terminal.ReaderGone());
        try
        {
            await PrintAsync(invocation, link, opened.Handle, count, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Ctrl-C is how a watch ends, and the end of whoever reads it: the connection's end closes the handle.
            return;
        }
        catch (ReaderGoneException)
        {
            return;
        }

        await opened.CloseAsync(cancel);
    }

    private static async Task PrintAsync(Invocation invocation, HostLink link, ulong handle, int count, CancellationToken cancel)
    {
        while (await link.Pushes.WaitToReadAsync(cancel))
        {
            while (link.Pushes.TryRead(out var push))
            {
                switch (push)
                {
                    case SessionProtocol.Changed changed:
                        ChangeView.Write(invocation.Terminal, changed, invocation.Json);
                        link.Grant(handle, 1);
                        count--;
                        break;
                    case SessionProtocol.Gap { Position: long.MaxValue }:
                        throw CliFailure.Refused(AisStatus.BadHandle, "the checkpoint is gone: nothing will follow", "'checkpoint list' shows the checkpoints there are");
                    case SessionProtocol.Gap gap:
                        ChangeView.Write(invocation.Terminal, gap, invocation.Json);
                        link.Grant(handle, 1); // The session took one for it, as for a change.
                        break;
                    case SessionProtocol.Farewell farewell:
                        throw new CliFailure(
                            ExitCode.Unreachable, $"the host says farewell: {farewell.Reason}", "watch again through another host: --socket PATH", farewell.Status);
                }

                if (count == 0)
                    return;
            }

            invocation.Terminal.Flush();
        }

        throw await link.WhyClosedAsync();
    }
}
