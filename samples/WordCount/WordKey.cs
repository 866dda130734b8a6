using System.Security.Cryptography;
using Checkpoint.Protocol;

namespace WordCount;

/// <summary>
/// What a word counts under: its bytes, or, above 4 KiB, its first 4 KiB followed by the SHA-256 of all of it. The length tells the two
/// apart, since no plain word is longer than 4 KiB.
/// </summary>
public readonly struct WordKey : IEquatable<WordKey>
{
    public const int PlainMaxBytes = 4096;
    public const int LongBytes = PlainMaxBytes + SHA256.HashSizeInBytes;

    private readonly byte[] _bytes;

    /// <param name="bytes">Kept, not copied.</param>
    public WordKey(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public bool IsLong => _bytes.Length == LongBytes;

    /// <summary>Which of the sections holds the word; the same in every process.</summary>
    public int Section => (int)(StableHash.Of64(_bytes) % SlotTable.Sections);

    public bool Equals(WordKey other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is WordKey other && Equals(other);

    public override int GetHashCode() => StableHash.Of(_bytes);

    /// <summary>As the recount writes it: the bytes; of a long word the first 4 KiB, a space and the digest in hexadecimal.</summary>
    public byte[] ToLine() => IsLong
        ? [.. _bytes.AsSpan(0, PlainMaxBytes), (byte)' ', .. System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(_bytes.AsSpan(PlainMaxBytes)))]
        : _bytes;
}
