using System.Text.Encodings.Web;
using System.Text.Json;
using Checkpoint.Cli.Output;
using Checkpoint.Cli.Views;

namespace Checkpoint.Cli.Commands;

/// <summary>The three forms of <c>dump</c>. Sections are written as they come; nothing is held.</summary>
public abstract class SectionOutput : IDisposable
{
    public static SectionOutput Create(Invocation invocation, CheckpointName name, bool raw) =>
        invocation.Json ? new Json(invocation.Terminal, name) : raw ? new Raw(invocation.Terminal) : new Readable(invocation.Terminal);

    /// <param name="isDescribed">False when only id and size of <paramref name="section"/> are known.</param>
    public abstract void Write(SectionDescriptor section, ReadOnlyMemory<byte> data, bool isDescribed);

    public abstract void Dispose();

    private sealed class Raw(Terminal terminal) : SectionOutput
    {
        public override void Write(SectionDescriptor section, ReadOnlyMemory<byte> data, bool isDescribed) => terminal.Output.Write(data.Span);

        public override void Dispose()
        {
        }
    }

    private sealed class Readable(Terminal terminal) : SectionOutput
    {
        private int _count;

        public override void Write(SectionDescriptor section, ReadOnlyMemory<byte> data, bool isDescribed)
        {
            if (_count++ > 0)
                terminal.Out.WriteLine();
            terminal.Out.WriteLine(Style.Bold(SectionsView.Heading(section), terminal.UseColour));
            HexDump.Write(terminal.Out, data.Span);
        }

        public override void Dispose()
        {
            if (_count == 0)
                terminal.Out.WriteLine("no sections");
        }
    }

    private sealed class Json : SectionOutput
    {
        private readonly Terminal _terminal;
        private readonly Utf8JsonWriter _json;

        public Json(Terminal terminal, CheckpointName name)
        {
            _terminal = terminal;
            _json = new(terminal.Output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" });
            _json.WriteStartObject();
            _json.WriteString("safCkpt", name.ToString());
            _json.WriteStartArray("sections");
        }

        public override void Write(SectionDescriptor section, ReadOnlyMemory<byte> data, bool isDescribed)
        {
            _json.WriteStartObject();
            if (isDescribed)
            {
                SectionsView.WriteMembers(_json, section);
            }
            else
            {
                _json.WriteString("id", SectionsView.IdText(section.Id));
                _json.WriteNumber("size", section.Size);
            }

            _json.WriteBase64String("data", data.Span);
            _json.WriteEndObject();
            _json.Flush();
        }

        /// <summary>After a failure too: standard output then holds whole JSON, and the exit code says that it is not all.</summary>
        public override void Dispose()
        {
            _json.WriteEndArray();
            _json.WriteEndObject();
            _json.Dispose();
            _terminal.Output.WriteByte((byte)'\n');
        }
    }
}
