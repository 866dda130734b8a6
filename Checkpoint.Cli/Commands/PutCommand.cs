using System.CommandLine;
using System.Text.Json;
using Checkpoint.Cli.Connection;
using Checkpoint.Cli.Output;
using Checkpoint.Cli.Views;

namespace Checkpoint.Cli.Commands;

/// <summary>Puts bytes into a section, creating what is not there.</summary>
public static class PutCommand
{
    public static Command Build(CommandTree tree)
    {
        var name = Values.Name();
        var section = Values.Sections("The section; \"\" is the default section", ArgumentArity.ExactlyOne);
        var file = new Option<string?>("--file") { Description = "Take the bytes from a file; - is standard input", HelpName = "FILE" };
        var text = new Option<string?>("--text") { Description = "Take the bytes from here, as UTF-8 without a newline" };
        var expires = Values.Duration("--expires", "When the section is created: how long it lives", AisTime.End);
        var creation = new CreationOptions();
        var command = new Command("put", "Replaces a section's content; creates the checkpoint and the section when they are not there")
        {
            name, section, file, text, expires,
        };
        creation.AddTo(command);
        tree.SetAction(command, async (invocation, parsed, cancel) =>
        {
            var data = await PutData.ReadAsync(invocation, parsed.GetValue(file), parsed.GetValue(text), cancel);
            var put = new Put(
                invocation, parsed.GetRequiredValue(name), parsed.GetRequiredValue(section)[0], data, expires.Of(parsed), creation.Of(parsed, data.Length));
            await put.RunAsync(cancel);
        });
        return command;
    }

    private sealed class Put(
        Invocation invocation, CheckpointName name, SectionId section, ReadOnlyMemory<byte> data, long lifetime, CreationAttributes attributes)
    {
        private bool _checkpointCreated;
        private bool _sectionCreated;

        public async Task RunAsync(CancellationToken cancel)
        {
            await using var link = await invocation.ConnectAsync(cancel);
            var opened = await OpenAsync(link, cancel);
            await WriteAsync(opened, cancel);
            await opened.CloseAsync(cancel);
            if (invocation.Json)
                JsonOutput.Document(invocation.Terminal, WriteJson);
            else
                invocation.Terminal.Out.WriteLine(Sentence());
        }

        private async Task<OpenedCheckpoint> OpenAsync(HostLink link, CancellationToken cancel)
        {
            var answer = await link.AskAsync(new SessionProtocol.Open(name, OpenFlags.Write, null), cancel);
            if (answer.Status == AisStatus.NotExist)
            {
                answer = await link.AskAsync(new SessionProtocol.Open(name, OpenFlags.Write | OpenFlags.Create, attributes), cancel);
                _checkpointCreated = answer.Status == AisStatus.Ok;
                if (_checkpointCreated && !name.Bytes.Span.StartsWith("safCkpt="u8))
                    invocation.Terminal.Error.WriteLine($"checkpoint: note: {name} does not begin with safCkpt=, so B.2 and .NET programs cannot open it");

                // Somebody created it in between, with other attributes: then those stand.
                if (answer.Status == AisStatus.Exist)
                    answer = await link.AskAsync(new SessionProtocol.Open(name, OpenFlags.Write, null), cancel);
            }

            return new OpenedCheckpoint(link, HostLink.Expect<SessionProtocol.Opened>(answer));
        }

        private async Task WriteAsync(OpenedCheckpoint opened, CancellationToken cancel)
        {
            var overwrite = new ContentOp.Overwrite(section, data);
            var answer = await opened.ChangeAsync(overwrite, cancel);
            if (answer.Status == AisStatus.NotExist && !section.IsDefault)
            {
                answer = await opened.ChangeAsync(new ContentOp.CreateSection(section, ExpirationTime(), data), cancel);
                _sectionCreated = answer.Status == AisStatus.Ok;
                if (answer.Status == AisStatus.Exist)
                    answer = await opened.ChangeAsync(overwrite, cancel);
            }

            if (answer.Status == AisStatus.NotExist && section.IsDefault)
                throw CliFailure.Refused(answer.Status, answer.Reason, "a default section is only in a checkpoint made with --max-sections 1");
            if (answer.Status != AisStatus.Ok)
                throw CliFailure.Refused(answer.Status, answer.Reason);
        }

        /// <summary>A lifetime that goes past the end of SaTimeT is one without end.</summary>
        private long ExpirationTime()
        {
            var now = AisTime.Now(invocation.Terminal.Clock);
            return lifetime >= AisTime.End - now ? AisTime.End : now + lifetime;
        }

        private void WriteJson(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("safCkpt", name.ToString());
            json.WriteString("id", SectionsView.IdText(section));
            json.WriteNumber("size", data.Length);
            json.WriteBoolean("checkpointCreated", _checkpointCreated);
            json.WriteBoolean("sectionCreated", _sectionCreated);
            json.WriteEndObject();
        }

        private string Sentence()
        {
            var did = _sectionCreated ? "created" : "overwritten";
            var created = _checkpointCreated
                ? $"; checkpoint created ({KindText.Of(attributes.Flags)}, kept {DurationText.Of(attributes.RetentionDuration)} after its last close)"
                : "";
            return $"section {section} {did}, {data.Length} bytes{created}";
        }
    }
}
