using System.Text;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cluster;

/// <summary>Attributes, names and contents for specs.</summary>
public static class Samples
{
    private static int _lastName;

    /// <summary>A name that no other spec of this process uses.</summary>
    public static CheckpointName Name(string what) => new($"safCkpt={what}-{Interlocked.Increment(ref _lastName)}");

    public static CreationAttributes Attributes(
        CreationFlags flags = CreationFlags.WriteAllReplicas, TimeSpan? retention = null, uint maxSections = 100_000, ulong maxSectionSize = 64 << 10) =>
        new(flags, 0, AisTime.FromTimeSpan(retention ?? TimeSpan.FromHours(1)), maxSections, maxSectionSize, 64);

    public static SectionId Section(int number) => new($"s{number}");

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
