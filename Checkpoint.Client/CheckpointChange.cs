using Checkpoint.Protocol;

namespace Checkpoint.Client;

/// <summary>What <see cref="CheckpointHandle.ChangesAsync"/> tells: one section touched by one update, or a gap.</summary>
/// <param name="Kind">What was done; null for a gap.</param>
/// <param name="Section">The section touched; the default one for a gap.</param>
/// <param name="Offset">Bytes from the section's start.</param>
/// <param name="Size">Bytes written; 0 for a deletion.</param>
/// <param name="Position">
/// The update's number in the checkpoint's one order; the changes of one update share it. For a gap: what happened up to and
/// including it was not told; 0 when that is not known, because the connection moved to another host.
/// </param>
public sealed record CheckpointChange(SectionChangeKind? Kind, SectionId Section, long Offset, long Size, long Position)
{
    /// <summary>The reader was too slow or the connection moved: changes are missing here, so what they touched has to be read again.</summary>
    public bool IsGap => Kind is null;

    internal static CheckpointChange Gap(long position) => new(null, default, 0, 0, position);
}
