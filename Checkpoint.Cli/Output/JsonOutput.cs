using System.Text.Encodings.Web;
using System.Text.Json;

namespace Checkpoint.Cli.Output;

/// <summary>
/// One JSON value per command, or one a line for a stream, written member by member: reflection would cost more than the command.
/// Names and ids are text as <see cref="ByteText"/> writes it. Shapes stand in <c>docs/CLI.md</c>.
/// </summary>
public static class JsonOutput
{
    private static readonly JavaScriptEncoder Plain = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Indented, ends with a newline.</summary>
    public static void Document(Terminal terminal, Action<Utf8JsonWriter> write) => Write(terminal, write, indented: true);

    /// <summary>On one line.</summary>
    public static void Line(Terminal terminal, Action<Utf8JsonWriter> write) => Write(terminal, write, indented: false);

    public static string ToText(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = Plain }))
            write(json);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Terminal terminal, Action<Utf8JsonWriter> write, bool indented)
    {
        terminal.Out.Flush();
        using (var json = new Utf8JsonWriter(terminal.Output, new JsonWriterOptions { Encoder = Plain, Indented = indented, NewLine = "\n" }))
            write(json);
        terminal.Output.WriteByte((byte)'\n');
    }
}
