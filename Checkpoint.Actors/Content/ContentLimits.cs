namespace Checkpoint.Actors.Content;

/// <summary>Constants that must be equal on every node: they decide what replicas apply.</summary>
public static class ContentLimits
{
    /// <summary>A section's content is kept in immutable pages of this size: a small write copies one page, and pages are shared with the map and with fills.</summary>
    public const int PageSizeBytes = 16 * 1024;

    /// <summary>Above this size a checkpoint's section is refused (NO_RESOURCES), whatever max-section-size says.</summary>
    public const long SectionSizeMaxBytes = 64L * 1024 * 1024;

    /// <summary>A piece of a fill, encoded: well below the 256 KiB that a link which carries heartbeats takes.</summary>
    public const int ChunkSizeMaxBytes = 128 * 1024;
}
