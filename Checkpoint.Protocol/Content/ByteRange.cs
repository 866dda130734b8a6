namespace Checkpoint.Protocol;

/// <summary>
/// Where a caller's bytes lie in a section. SaOffsetT and SaSizeT are any 64 bits (the wire carries them as i64), so their sum is kept in more: it is
/// compared with a limit first, and made a smaller number only when it is known to be within one.
/// </summary>
/// <param name="Offset">Bytes from the section's start.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct ByteRange(ulong Offset, ulong Length)
{
    /// <param name="offset">As on the wire: a negative one is 2^63 or more.</param>
    /// <param name="length">As on the wire.</param>
    public static ByteRange Of(long offset, long length) => new(unchecked((ulong)offset), unchecked((ulong)length));

    /// <summary>No bytes: such an element changes nothing wherever it lies (ais-ckpt 1.6).</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The first byte behind it, up to 2^65.</summary>
    public UInt128 End => (UInt128)Offset + Length;

    public bool IsWithin(ulong size) => End <= size;

    /// <summary>The end as a section's size.</summary>
    /// <exception cref="OverflowException">It is no size: ask <see cref="IsWithin"/> first.</exception>
    public long EndSize => checked((long)End);

    public override string ToString() => $"offset {Offset} + {Length} bytes";
}
