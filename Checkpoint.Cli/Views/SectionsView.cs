using System.Text.Json;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli.Views;

/// <summary>Section descriptors, as <c>show --sections</c> lists them and <c>dump</c> heads each content.</summary>
public static class SectionsView
{
    public static void WriteText(TextWriter to, IReadOnlyList<SectionDescriptor> sections, bool colour)
    {
        var table = new TextTable("SECTION", ">SIZE", "STATE", "LAST UPDATE", "EXPIRES");
        foreach (var section in sections)
        {
            table.Add(
                section.Id.ToString(),
                section.Size.ToString(),
                StateOf(section),
                DurationText.OfTime(section.LastUpdate),
                DurationText.OfTime(section.ExpirationTime));
        }

        table.Write(to, colour);
    }

    public static void WriteJson(Utf8JsonWriter json, IReadOnlyList<SectionDescriptor> sections)
    {
        json.WriteStartArray();
        foreach (var section in sections)
        {
            json.WriteStartObject();
            WriteMembers(json, section);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The default section's id is the empty text: what <c>dump NAME ""</c> takes.</summary>
    public static void WriteMembers(Utf8JsonWriter json, SectionDescriptor section)
    {
        json.WriteString("id", IdText(section.Id));
        json.WriteNumber("size", section.Size);
        json.WriteString("state", StateOf(section));
        json.WriteNumber("lastUpdate", section.LastUpdate);
        json.WriteNumber("expirationTime", section.ExpirationTime);
    }

    public static string Heading(SectionDescriptor section) =>
        $"section {section.Id}  {section.Size} bytes  {StateOf(section)}  updated {DurationText.OfTime(section.LastUpdate)}"
        + (section.ExpirationTime == AisTime.End ? "" : $"  expires {DurationText.OfTime(section.ExpirationTime)}");

    public static string IdText(SectionId id) => id.IsDefault ? "" : id.ToString();

    private static string StateOf(SectionDescriptor section) => section.State == SectionState.Valid ? "valid" : "corrupted";
}
