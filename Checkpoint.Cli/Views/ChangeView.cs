using System.Text.Json;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli.Views;

/// <summary>What <c>watch</c> prints: a line a section changed, or one for a gap.</summary>
public static class ChangeView
{
    public static void Write(Terminal terminal, SessionProtocol.Changed changed, bool json)
    {
        foreach (var change in changed.Changes)
        {
            if (json)
                JsonOutput.Line(terminal, writer => WriteJson(writer, changed.Position, change));
            else
                terminal.Out.WriteLine($"{changed.Position,8}  {WordOf(change.Kind),-11}  {change.Id}{Extent(change)}");
        }
    }

    public static void Write(Terminal terminal, SessionProtocol.Gap gap, bool json)
    {
        if (json)
            JsonOutput.Line(terminal, writer => WriteJson(writer, gap));
        else
            terminal.Out.WriteLine($"{gap.Position,8}  {Style.Bad("gap", terminal.UseColour)}          changes up to here were not told: this reader was too slow");
    }

    private static void WriteJson(Utf8JsonWriter json, long position, SectionChange change)
    {
        json.WriteStartObject();
        json.WriteNumber("position", position);
        json.WriteString("change", WordOf(change.Kind));
        json.WriteString("id", SectionsView.IdText(change.Id));
        json.WriteNumber("offset", change.Offset);
        json.WriteNumber("size", change.Size);
        json.WriteEndObject();
    }

    private static void WriteJson(Utf8JsonWriter json, SessionProtocol.Gap gap)
    {
        json.WriteStartObject();
        json.WriteNumber("position", gap.Position);
        json.WriteString("change", "gap");
        json.WriteEndObject();
    }

    private static string Extent(SectionChange change) => change.Kind is SectionChangeKind.Deleted or SectionChangeKind.Expired
        ? ""
        : $"  offset {change.Offset}  {change.Size} bytes";

    private static string WordOf(SectionChangeKind kind) => kind switch
    {
        SectionChangeKind.Created => "created",
        SectionChangeKind.Written => "written",
        SectionChangeKind.Overwritten => "overwritten",
        SectionChangeKind.Deleted => "deleted",
        SectionChangeKind.Expired => "expired",
        _ => $"kind {(byte)kind}",
    };
}
