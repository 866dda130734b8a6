using System.Text.Json;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli.Views;

/// <summary>What <c>list</c> shows: a line for each checkpoint that the host knows.</summary>
public sealed class ListView(IReadOnlyList<SessionProtocol.CheckpointRow> rows)
{
    public void WriteText(TextWriter to, bool colour)
    {
        if (rows.Count == 0)
        {
            to.WriteLine("no checkpoints");
            return;
        }

        var table = new TextTable("NAME", "KIND", ">SECTIONS", ">SIZE", "ORDERER", "STATE");
        foreach (var row in rows)
        {
            table.Add(
                row.Name.ToString(),
                KindText.Of(row.Flags),
                row.Sections.ToString(),
                SizeText.Of(row.UsedSize),
                row.Orderer,
                $"{(row.Unlinked ? "unlinked, still open" : "linked")}{(row.SetAside ? ", set aside" : "")}");
        }

        table.Write(to, colour);
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name.ToString());
            json.WriteString("incarnation", row.Incarnation.ToString());
            json.WriteBoolean("unlinked", row.Unlinked);
            json.WriteString("kind", KindText.Of(row.Flags));
            json.WriteNumber("CreationFlags", (uint)row.Flags);
            json.WriteNumber("NumSections", row.Sections);
            json.WriteNumber("UsedSize", row.UsedSize);
            json.WriteString("orderer", row.Orderer);
            json.WriteBoolean("setAside", row.SetAside);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
