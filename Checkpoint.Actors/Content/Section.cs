using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>
/// One section after one update. Immutable: a change makes another one, which shares the pages that did not change. Only one that a table
/// owns alone is written in place, until the table shares it (<see cref="SectionTable.WriteInPlace"/>).
/// </summary>
public sealed class Section
{
    private Section? _shared;

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
    public long LastUpdate { get; private set; }

    /// <value>The sequence of the update that made this state.</value>
    public long Stamp { get; private set; }

    internal byte[][] Pages { get; }

    internal bool IsOwned => _shared is not null;

    public bool IsCorrupted => State == SectionState.Corrupted;

    public SectionDescriptor Describe() => new(Id, ExpirationTime, Size, State, LastUpdate);

    /// <summary>The bytes of a range, clipped at the section's end. Never written to afterwards.</summary>
    /// <param name="range">It begins inside the section or at its end.</param>
    public ReadOnlyMemory<byte> Read(ByteRange range) => SectionPages.Read(Pages, (long)range.Offset, LengthIn(range));

    /// <summary>How many bytes of a range, which begins inside or at the end, the section has.</summary>
    public int LengthIn(ByteRange range) => (int)Math.Min(range.Length, (ulong)Size - range.Offset);

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

    /// <summary>The same state, to be written in place; pages are this one's until they are written.</summary>
    internal Section Own() => new(Id, Size, [.. Pages], ExpirationTime, State, LastUpdate, Stamp) { _shared = this };

    /// <param name="offset">With the data inside the section, which is owned.</param>
    internal void WriteInPlace(long offset, ReadOnlySpan<byte> data, long lastUpdate, long stamp)
    {
        (LastUpdate, Stamp) = (lastUpdate, stamp);
        var index = (int)(offset / ContentLimits.PageSizeBytes);
        for (var start = (int)(offset % ContentLimits.PageSizeBytes); !data.IsEmpty; start = 0, index++)
        {
            var page = Pages[index];
            var part = data[..Math.Min(page.Length - start, data.Length)];
            if (ReferenceEquals(page, _shared!.Pages[index]))
                page = Pages[index] = part.Length == page.Length ? GC.AllocateUninitializedArray<byte>(page.Length) : [.. page];
            part.CopyTo(page.AsSpan(start));
            data = data[part.Length..];
        }
    }

    /// <summary>Nobody writes to it any more.</summary>
    /// <returns>The state before it was owned.</returns>
    internal Section Share()
    {
        var before = _shared!;
        _shared = null;
        return before;
    }
}
