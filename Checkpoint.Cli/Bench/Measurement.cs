namespace Checkpoint.Cli.Bench;

/// <summary>One line of the result: one operation under one load.</summary>
/// <param name="Kind">As <see cref="Output.KindText"/> writes it.</param>
/// <param name="SizeBytes">Of the data of one operation; 0 where it carries none.</param>
/// <param name="Retries">How often TRY_AGAIN was answered; the time counts.</param>
public sealed record Measurement(
    string Operation, string Kind, int SizeBytes, int Outstanding, LatencyHistogram Latencies, TimeSpan Elapsed, long Retries)
{
    private const double BytesPerMegabyte = 1_000_000;

    public long Operations => Latencies.Count;

    public double OperationsPerSecond => Elapsed > TimeSpan.Zero ? Operations / Elapsed.TotalSeconds : 0;

    public double MegabytesPerSecond => OperationsPerSecond * SizeBytes / BytesPerMegabyte;
}
