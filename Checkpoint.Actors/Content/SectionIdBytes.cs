using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>Lets a dictionary be searched for the bytes of an id as they stand in a request, without making an id of them.</summary>
internal sealed class SectionIdBytes : IEqualityComparer<SectionId>, IAlternateEqualityComparer<ReadOnlySpan<byte>, SectionId>
{
    public static readonly SectionIdBytes Comparer = new();

    public bool Equals(SectionId x, SectionId y) => x == y;

    public int GetHashCode(SectionId id) => id.GetHashCode();

    public bool Equals(ReadOnlySpan<byte> bytes, SectionId id) => bytes.SequenceEqual(id.Bytes.Span);

    public int GetHashCode(ReadOnlySpan<byte> bytes) => StableHash.Of(bytes);

    public SectionId Create(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());
}
