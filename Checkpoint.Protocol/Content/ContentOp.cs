namespace Checkpoint.Protocol;

/// <summary>
/// One change of a checkpoint's content, as a caller asks for it and as the replicas apply it. All buffers are immutable once
/// handed over. One op is one update: all of it is applied or nothing (ais-ckpt 2.3).
/// </summary>
public abstract record ContentOp
{
    /// <summary>Bytes of caller data, for credits and quotas.</summary>
    public abstract long DataBytes { get; }

    /// <summary>saCkptSectionCreate. The orderer replaces the empty id by a generated one before it orders the op.</summary>
    /// <param name="ExpirationTime">Nanoseconds since 1970 UTC; <see cref="AisTime.End"/> is never.</param>
    public sealed record CreateSection(SectionId Id, long ExpirationTime, ReadOnlyMemory<byte> Data) : ContentOp
    {
        public override long DataBytes => Data.Length;
    }

    /// <summary>saCkptSectionDelete.</summary>
    public sealed record DeleteSection(SectionId Id) : ContentOp
    {
        public override long DataBytes => 0;
    }

    /// <summary>Made by the orderer's clock only: deletes these sections if their expiration time is still at or before <see cref="Time"/>.</summary>
    public sealed record ExpireSections(IReadOnlyList<SectionId> Ids, long Time) : ContentOp
    {
        public override long DataBytes => 0;
    }

    /// <summary>saCkptSectionExpirationTimeSet.</summary>
    public sealed record SetExpiration(SectionId Id, long ExpirationTime) : ContentOp
    {
        public override long DataBytes => 0;
    }

    /// <summary>saCkptCheckpointWrite: elements apply in order, later ones win on overlap.</summary>
    public sealed record Write(IReadOnlyList<WriteElement> Elements) : ContentOp
    {
        public override long DataBytes { get; } = Elements.Sum(element => (long)element.Data.Length);

        /// <summary>Of all ids. Counted once, as the data is: whoever asks works on the vector in slices.</summary>
        public long IdBytes { get; } = Elements.Sum(element => (long)element.Id.Length);
    }

    /// <summary>saCkptSectionOverwrite: content and size are replaced; heals a corrupted section.</summary>
    public sealed record Overwrite(SectionId Id, ReadOnlyMemory<byte> Data) : ContentOp
    {
        public override long DataBytes => Data.Length;
    }

    /// <summary>Fault injection only (<c>faults</c> switch): marks a section corrupted.</summary>
    public sealed record Corrupt(SectionId Id) : ContentOp
    {
        public override long DataBytes => 0;
    }
}

/// <summary>One element of a vector write; an element without data changes nothing.</summary>
/// <param name="Offset">Any SaOffsetT: <see cref="Range"/> says what it means.</param>
public sealed record WriteElement(SectionId Id, long Offset, ReadOnlyMemory<byte> Data)
{
    public ByteRange Range => ByteRange.Of(Offset, Data.Length);
}

/// <summary>One element of a vector read.</summary>
/// <param name="Offset">Any SaOffsetT: <see cref="Range"/> says what it means.</param>
/// <param name="Size">Bytes wanted at most, any SaSizeT; <see cref="Whole"/> for everything from <paramref name="Offset"/>.</param>
public sealed record ReadElement(SectionId Id, long Offset, long Size)
{
    public const long Whole = -1;

    public bool IsWhole => Size == Whole;

    public ByteRange Range => ByteRange.Of(Offset, Size);
}
