using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>One section after one update. Immutable: a change makes another one, which shares the pages that did not change.</summary>
public sealed class Section
{
    internal Section(SectionId id, long size, byte[][] pages, long expirationTime, SectionState state, long lastUpdate, long stamp)
    {
        Id = id;
        Size = size;
        Pages = pages;
        ExpirationTime = expirationTime;
        State = state;
        LastUpdate = lastUpdate;
        Stamp = stamp;
    }

    public SectionId Id { get; }

    /// <value>Bytes.</value>
    public long Size { get; }

    /// <value>Nanoseconds since 1970 UTC; <see cref="AisTime.End"/> is never.</value>
    public long ExpirationTime { get; }

    public SectionState State { get; }

    /// <value>Nanoseconds since 1970 UTC, by create, write or overwrite (ais-ckpt 2.7).</value>
    public long LastUpdate { get; }

    /// <value>The sequence of the update that made this state.</value>
    public long Stamp { get; }

    internal byte[][] Pages { get; }

    public bool IsCorrupted => State == SectionState.Corrupted;

    public SectionDescriptor Describe() => new(Id, ExpirationTime, Size, State, LastUpdate);

    /// <summary>The bytes [offset, offset + length) clipped at the section's end. Never written to afterwards.</summary>
    /// <param name="offset">Between 0 and <see cref="Size"/>.</param>
    public ReadOnlyMemory<byte> Read(long offset, long length) =>
        SectionPages.Read(Pages, offset, (int)Math.Min(length, Size - offset));

    /// <summary>The bytes from <paramref name="offset"/> on, all inside the section.</summary>
    public void CopyTo(long offset, Span<byte> to) => SectionPages.CopyTo(Pages, offset, to);

    internal static Section Create(SectionId id, ReadOnlyMemory<byte> data, long expirationTime, long lastUpdate, long stamp) =>
        new(id, data.Length, SectionPages.From(data.Span), expirationTime, SectionState.Valid, lastUpdate, stamp);

    /// <summary>Content and size are replaced; a corrupted section is valid again (ais-ckpt 2.3).</summary>
    internal Section Overwrite(ReadOnlyMemory<byte> data, long lastUpdate, long stamp) =>
        Create(Id, data, ExpirationTime, lastUpdate, stamp);

    internal Section WithExpiration(long expirationTime, long stamp) =>
        new(Id, Size, Pages, expirationTime, State, LastUpdate, stamp);

    internal Section Corrupt(long stamp) =>
        new(Id, Size, Pages, ExpirationTime, SectionState.Corrupted, LastUpdate, stamp);
}
