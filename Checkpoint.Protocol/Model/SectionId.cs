namespace Checkpoint.Protocol;

/// <summary>
/// SaCkptSectionIdT: 0 to 65,535 bytes, compared byte by byte. The empty one names the default section, or asks
/// for a generated id in a create (ais-ckpt 2.7).
/// </summary>
public readonly struct SectionId : IEquatable<SectionId>
{
    public const int LengthMaxBytes = 65_535;

    private readonly byte[]? _bytes;

    /// <param name="bytes">Kept, not copied: nobody may write to it afterwards.</param>
    /// <exception cref="ArgumentException">More than <see cref="LengthMaxBytes"/>.</exception>
    public SectionId(byte[] bytes)
    {
        if (bytes.Length > LengthMaxBytes)
            throw new ArgumentException($"a section id has at most {LengthMaxBytes} bytes, this one {bytes.Length}", nameof(bytes));
        _bytes = bytes.Length == 0 ? null : bytes;
    }

    public SectionId(string text)
        : this(System.Text.Encoding.UTF8.GetBytes(text))
    {
    }

    public static SectionId Default => default;

    public bool IsDefault => _bytes is null;

    public int Length => _bytes?.Length ?? 0;

    public ReadOnlyMemory<byte> Bytes => _bytes;

    public static bool operator ==(SectionId left, SectionId right) => left.Equals(right);

    public static bool operator !=(SectionId left, SectionId right) => !left.Equals(right);

    public bool Equals(SectionId other) => Bytes.Span.SequenceEqual(other.Bytes.Span);

    public override bool Equals(object? obj) => obj is SectionId other && Equals(other);

    /// <summary>The same in every process, so that it can place pages.</summary>
    public override int GetHashCode() => StableHash.Of(Bytes.Span);

    /// <summary>For people: UTF-8 with control and undecodable bytes escaped as \xNN.</summary>
    public override string ToString() => IsDefault ? "(default)" : ByteText.Of(Bytes.Span);
}
