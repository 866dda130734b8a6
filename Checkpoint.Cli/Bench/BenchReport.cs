using System.Globalization;
using System.Text.Json;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli.Bench;

/// <summary>The outcome of a run, as a table or as JSON.</summary>
/// <param name="Contacts">Where the client was told to look for the cluster.</param>
public sealed record BenchReport(
    bool IsQuick, string Node, IReadOnlyList<string> Contacts, TimeSpan Elapsed, IReadOnlyList<Measurement> Measurements, Flatness Flatness)
{
    public void WriteText(TextWriter to, bool colour)
    {
        to.WriteLine($"{(IsQuick ? "quick run" : "full run")} through {Node} of {string.Join(", ", Contacts)}, {Elapsed.TotalSeconds:0} s");
        to.WriteLine();
        var table = new TextTable("OPERATION", "KIND", ">SIZE", ">OUTSTANDING", ">OPS/S", ">MB/S", ">P50 ms", ">P99 ms", ">MAX ms", ">OPS", ">RETRIES");
        foreach (var one in Measurements)
        {
            table.Add(
                one.Operation,
                one.Kind,
                one.SizeBytes == 0 ? "-" : SizeText.Of(one.SizeBytes),
                Text(one.Outstanding, "0"),
                Text(one.OperationsPerSecond, "0"),
                one.SizeBytes == 0 ? "-" : Text(one.MegabytesPerSecond, "0.0"),
                Milliseconds(one.Latencies.Percentile(50)),
                Milliseconds(one.Latencies.Percentile(99)),
                Milliseconds(one.Latencies.Max),
                Text(one.Operations, "0"),
                Text(one.Retries, "0"));
        }

        table.Write(to, colour);
        to.WriteLine();
        to.WriteLine(
            $"flatness {Text(Flatness.Ratio, "0.00")}: median write {Text(Flatness.ManyMedian.TotalMilliseconds, "0.000")} ms in {BenchPlan.ManySections} sections, "
            + $"{Text(Flatness.FewMedian.TotalMilliseconds, "0.000")} ms in {BenchPlan.FewSections} "
            + $"(rounds {string.Join(", ", Flatness.Rounds.Select(round => Text(round, "0.00")))})");
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("quick", IsQuick);
        json.WriteString("node", Node);
        json.WriteStartArray("contacts");
        foreach (var contact in Contacts)
            json.WriteStringValue(contact);
        json.WriteEndArray();
        json.WriteNumber("seconds", Math.Round(Elapsed.TotalSeconds, 3));
        json.WriteNumber("flatness", Math.Round(Flatness.Ratio, 3));
        json.WriteStartArray("flatnessRounds");
        foreach (var round in Flatness.Rounds)
            json.WriteNumberValue(Math.Round(round, 3));
        json.WriteEndArray();
        json.WriteStartArray("results");
        foreach (var one in Measurements)
            Write(json, one);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Measurement one)
    {
        json.WriteStartObject();
        json.WriteString("operation", one.Operation);
        json.WriteString("kind", one.Kind);
        json.WriteNumber("sizeBytes", one.SizeBytes);
        json.WriteNumber("outstanding", one.Outstanding);
        json.WriteNumber("operations", one.Operations);
        json.WriteNumber("retries", one.Retries);
        json.WriteNumber("seconds", Math.Round(one.Elapsed.TotalSeconds, 3));
        json.WriteNumber("operationsPerSecond", Math.Round(one.OperationsPerSecond, 1));
        json.WriteNumber("megabytesPerSecond", Math.Round(one.MegabytesPerSecond, 3));
        json.WriteNumber("p50Microseconds", Microseconds(one.Latencies.Percentile(50)));
        json.WriteNumber("p99Microseconds", Microseconds(one.Latencies.Percentile(99)));
        json.WriteNumber("maxMicroseconds", Microseconds(one.Latencies.Max));
        json.WriteEndObject();
    }

    private static double Microseconds(long nanoseconds) => Math.Round(nanoseconds / 1000.0, 1);

    private static string Milliseconds(long nanoseconds) => Text(nanoseconds / 1_000_000.0, "0.000");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
