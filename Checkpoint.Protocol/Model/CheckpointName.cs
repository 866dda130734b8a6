using System.Text;

namespace Checkpoint.Protocol;

/// <summary>A checkpoint's name: 1 to 2,048 bytes, compared byte by byte, any representation (ais-ckpt 3.1, 3.2).</summary>
public sealed class CheckpointName : IEquatable<CheckpointName>
{
    /// <summary>SA_MAX_NAME_LENGTH; longer ones need extended names.</summary>
    public const int PlainLengthMaxBytes = 256;

    public const int LengthMaxBytes = 2048;

    private readonly byte[] _bytes;
    private readonly int _hash;

    /// <param name="bytes">Copied.</param>
    /// <exception cref="ArgumentException">No byte, or more than <see cref="LengthMaxBytes"/>.</exception>
    public CheckpointName(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > LengthMaxBytes)
            throw new ArgumentException($"a checkpoint name has 1 to {LengthMaxBytes} bytes, this one {bytes.Length}", nameof(bytes));
        _bytes = bytes.ToArray();
        _hash = StableHash.Of(bytes);
    }

    public CheckpointName(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    public ReadOnlyMemory<byte> Bytes => _bytes;

    public bool Equals(CheckpointName? other) => other is not null && _hash == other._hash && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => Equals(obj as CheckpointName);

    /// <summary>The same in every process, so that it can place shards.</summary>
    public override int GetHashCode() => _hash;

    /// <summary>For people: UTF-8 with control and undecodable bytes escaped as \xNN.</summary>
    public override string ToString() => ByteText.Of(_bytes);
}
