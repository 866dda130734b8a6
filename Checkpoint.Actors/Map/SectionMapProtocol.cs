using Checkpoint.Protocol;

namespace Checkpoint.Actors.Map;

/// <summary>What the ReplicaAgent tells the host's section map: stable content only, in order. Not answered; the map applies it within its flush interval.</summary>
public static class SectionMapProtocol
{
    /// <summary>Pages that a stable update changed. <paramref name="Sequence"/> is the update's; it stamps the part.</summary>
    /// <remarks>
    /// The first message about an incarnation, when it is new or this host's fill is complete, has all its pages as of its sequence
    /// (SectionTable.AllPages). Later ones say what changed, in the order of the updates: by one of them, or by all that were applied in place since.
    /// </remarks>
    public sealed record PagesChanged(IncarnationId Incarnation, CreationAttributes Attributes, long Sequence, IReadOnlyList<PageChange> Pages);

    /// <summary>The incarnation is gone from this host: its parts leave the map and are refused from now on.</summary>
    public sealed record Dropped(IncarnationId Incarnation);

    /// <param name="Bytes">The page as it now is, immutable and shared with the table; null when it no longer exists.</param>
    public sealed record PageChange(PageKey Key, ReadOnlyMemory<byte>? Bytes);
}

/// <summary>One page of one section. Page <see cref="Header"/> holds the section's descriptor, pages 0.. its content.</summary>
public readonly record struct PageKey(SectionId Section, int Index)
{
    public const int Header = -1;
}
