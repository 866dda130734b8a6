using System.CommandLine;
using Checkpoint.Cli.Connection;

namespace Checkpoint.Cli.Commands;

public static class DumpCommand
{
    public static Command Build(CommandTree tree)
    {
        var name = Values.Name();
        var sections = Values.Sections(
            "Sections whose bytes to write to standard output as they are, one after the other, all of one moment; \"\" is the default section",
            ArgumentArity.ZeroOrMore);
        var raw = new Option<bool>("--raw") { Description = "The bytes of all sections as they are, in the byte order of their ids" };
        var command = new Command("dump", "The content of sections: raw bytes of those named, else all in a readable form") { name, sections, raw };
        tree.SetAction(command, (invocation, parsed, cancel) =>
            RunAsync(invocation, parsed.GetRequiredValue(name), parsed.GetValue(sections) ?? [], parsed.GetValue(raw), cancel));
        return command;
    }

    private static async Task RunAsync(Invocation invocation, CheckpointName name, SectionId[] ids, bool raw, CancellationToken cancel)
    {
        if (raw && invocation.Json)
            throw new CliFailure(ExitCode.Usage, "--raw and --json exclude each other", "leave one of them out");

        await using var link = await invocation.ConnectAsync(cancel);
        var opened = await OpenedCheckpoint.OpenAsync(link, name, OpenFlags.Read, cancel);
        using (var output = SectionOutput.Create(invocation, name, raw || ids.Length > 0))
        {
            if (ids.Length > 0)
                await DumpNamedAsync(opened, ids, output, cancel);
            else
                await DumpAllAsync(opened, output, cancel);
        }

        await opened.CloseAsync(cancel);
    }

    private static async Task DumpNamedAsync(OpenedCheckpoint opened, SectionId[] ids, SectionOutput output, CancellationToken cancel)
    {
        var answer = await opened.ReadAsync(ids, cancel);
        if (answer.Status == AisStatus.NotExist)
        {
            var missing = answer.ErroneousIndex >= 0 && answer.ErroneousIndex < ids.Length ? ids[answer.ErroneousIndex] : ids[0];
            throw CliFailure.Refused(answer.Status, answer.Reason ?? $"there is no section {missing}", "'checkpoint show NAME --sections' lists the sections there are");
        }

        var buffers = HostLink.Expect<SessionProtocol.Data>(answer).Buffers;
        for (var index = 0; index < ids.Length; index++)
            output.Write(new SectionDescriptor(ids[index], AisTime.End, buffers[index].Length, SectionState.Valid, 0), buffers[index], isDescribed: false);
    }

    private static async Task DumpAllAsync(OpenedCheckpoint opened, SectionOutput output, CancellationToken cancel)
    {
        foreach (var batch in ReadBatches.Of(await opened.SectionsAsync(cancel)))
        {
            var wanted = batch.ToList();
            while (wanted.Count > 0)
            {
                var answer = await opened.ReadAsync([.. wanted.Select(section => section.Id)], cancel);
                if (answer.Status == AisStatus.NotExist && answer.ErroneousIndex >= 0 && answer.ErroneousIndex < wanted.Count)
                {
                    wanted.RemoveAt(answer.ErroneousIndex); // Deleted or expired since it was listed.
                    continue;
                }

                var buffers = HostLink.Expect<SessionProtocol.Data>(answer).Buffers;
                for (var index = 0; index < wanted.Count; index++)
                    output.Write(wanted[index] with { Size = buffers[index].Length }, buffers[index], isDescribed: true);
                break;
            }
        }
    }
}
