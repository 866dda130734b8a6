namespace Checkpoint.Cli.Commands;

/// <summary>Cuts a checkpoint's sections into reads, so that a dump of any size needs a bounded amount of memory here and in the host.</summary>
public static class ReadBatches
{
    /// <summary>Sections a read.</summary>
    public const int SectionsMax = 1000;

    /// <summary>Bytes a read, unless one section alone is larger.</summary>
    public const long BytesMax = 4 * 1024 * 1024;

    /// <summary>All sections, in their order, in batches of at least one.</summary>
    public static IEnumerable<IReadOnlyList<SectionDescriptor>> Of(IReadOnlyList<SectionDescriptor> sections)
    {
        var batch = new List<SectionDescriptor>();
        var bytes = 0L;
        foreach (var section in sections)
        {
            if (batch.Count > 0 && (batch.Count == SectionsMax || bytes + section.Size > BytesMax))
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }

            batch.Add(section);
            bytes += section.Size;
        }

        if (batch.Count > 0)
            yield return batch;
    }
}
