using System.Security.Cryptography;

namespace Checkpoint.Transport.Secrets;

/// <summary>
/// What proves that a process belongs here: 32 random bytes that are never sent. Each connection asks for a proof of it, by challenge and
/// answer (<see cref="SecretHandshake"/>).
/// </summary>
public sealed class SharedSecret
{
    public const int Bytes = 32;

    private readonly byte[] _key;

    /// <exception cref="ArgumentException">Not <see cref="Bytes"/> bytes.</exception>
    public SharedSecret(ReadOnlySpan<byte> key)
    {
        if (key.Length != Bytes)
            throw new ArgumentException($"a secret has {Bytes} bytes, not {key.Length}", nameof(key));
        _key = key.ToArray();
    }

    /// <summary>What only who knows the secret can say about that text.</summary>
    internal byte[] Prove(ReadOnlySpan<byte> text) => HMACSHA256.HashData(_key, text);

    /// <summary>Takes the same time whatever is wrong.</summary>
    internal bool IsProof(ReadOnlySpan<byte> proof, ReadOnlySpan<byte> text) => CryptographicOperations.FixedTimeEquals(proof, Prove(text));
}
