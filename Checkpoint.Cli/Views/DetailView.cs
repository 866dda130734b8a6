using System.Globalization;
using System.Text.Json;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli.Views;

/// <summary>
/// What <c>show</c> shows, under the attribute names of the AIS information model's classes SaCkptCheckpoint and SaCkptReplica
/// (ais-ckpt 2.12). Capital names are the specification's, small ones are ours.
/// </summary>
/// <param name="sections">Null unless they were asked for.</param>
public sealed class DetailView(SessionProtocol.CheckpointDetail detail, IReadOnlyList<SectionDescriptor>? sections)
{
    public void WriteText(TextWriter to, bool colour)
    {
        to.WriteLine(Style.Bold(detail.Name.ToString(), colour));
        foreach (var (name, value) in Attributes())
            to.WriteLine($"  {name,-20} {value}");
        to.WriteLine();
        var replicas = new TextTable("safReplica", "IsActive", "full");
        foreach (var replica in detail.Replicas)
            replicas.Add(replica.NodeName, replica.IsActive ? "yes" : "no", replica.IsFull ? "yes" : "being filled");
        replicas.Write(to, colour);
        if (sections is null)
            return;

        to.WriteLine();
        SectionsView.WriteText(to, sections, colour);
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("safCkpt", detail.Name.ToString());
        json.WriteString("incarnation", detail.Incarnation.ToString());
        json.WriteString("kind", KindText.Of(detail.Attributes.Flags));
        foreach (var (name, value) in Numbers())
            json.WriteNumber(name, value);
        json.WriteString("orderer", detail.Orderer);
        json.WriteBoolean("setAside", detail.SetAside);
        json.WriteStartArray("replicas");
        foreach (var replica in detail.Replicas)
        {
            json.WriteStartObject();
            json.WriteString("safReplica", replica.NodeName);
            json.WriteBoolean("IsActive", replica.IsActive);
            json.WriteBoolean("isFull", replica.IsFull);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (sections is not null)
        {
            json.WritePropertyName("sections");
            SectionsView.WriteJson(json, sections);
        }

        json.WriteEndObject();
    }

    /// <summary>Times in nanoseconds, sizes in bytes, as SaTimeT and SaSizeT.</summary>
    private IEnumerable<(string Name, decimal Value)> Numbers() =>
    [
        ("CreationTimestamp", detail.CreationTimestamp),
        ("CreationFlags", (uint)detail.Attributes.Flags),
        ("Size", detail.Attributes.CheckpointSize),
        ("UsedSize", detail.UsedSize),
        ("RetDuration", detail.RetentionDuration),
        ("MaxSections", detail.Attributes.MaxSections),
        ("MaxSectionSize", detail.Attributes.MaxSectionSize),
        ("MaxSectionIdSize", detail.Attributes.MaxSectionIdSize),
        ("NumOpeners", detail.NumOpeners),
        ("NumReaders", detail.NumReaders),
        ("NumWriters", detail.NumWriters),
        ("NumReplicas", detail.NumReplicas),
        ("NumSections", detail.NumSections),
        ("NumCorruptSections", detail.NumCorruptSections),
        ("position", detail.Position),
    ];

    private IEnumerable<(string Name, string Value)> Attributes()
    {
        foreach (var (name, value) in Numbers())
        {
            yield return (name, name switch
            {
                "CreationTimestamp" => DurationText.OfTime(detail.CreationTimestamp),
                "CreationFlags" => $"{value} ({KindText.Of(detail.Attributes.Flags)})",
                "RetDuration" => DurationText.Of(detail.RetentionDuration),
                _ => value.ToString(CultureInfo.InvariantCulture),
            });
        }

        yield return ("orderer", detail.Orderer);
        yield return ("incarnation", detail.Incarnation.ToString());
        if (detail.SetAside)
            yield return ("state", "set aside: an update could not be applied, and the content is lost here; close, unlink and re-creation work");
    }
}
