using System.Security.Authentication;
using System.Security.Cryptography;

namespace Checkpoint.Transport.Secrets;

/// <summary>
/// Both sides of a connection prove to each other that they know the same secret, which itself is never sent. Before any frame:
/// <code>
///   who connects                                       who accepts
///   hello: "CKPT" | u8 version | u8 role | nonce  --&gt;
///                                                 &lt;--  hello | HMAC-SHA256(secret, "A" | port | hello | hello)
///   HMAC-SHA256(secret, "C" | port | hello | hello) --&gt;
///                                                 &lt;--  u8 1
/// </code>
/// The proofs cover both nonces (32 bytes each), so none can be used again, both roles, and the port (u16) that was connected to, so nobody
/// at another port can pass the words of the two on. They differ in their first byte, so nobody can send one back to where it came from. As frames, the first four bytes would be a length of 1.4 GB, which every reader of frames refuses.
/// </summary>
internal static class SecretHandshake
{
    private const byte Version = 1;
    private const byte Admitted = 1;
    private const int HelloBytes = 4 + 1 + 1 + 32;
    private const int ProofBytes = 32;

    /// <param name="port">That was connected to.</param>
    /// <returns>What the other side says that it is.</returns>
    /// <exception cref="AuthenticationException">It does not know the secret, or speaks something else.</exception>
    public static async Task<Role> AsClientAsync(Stream stream, SharedSecret secret, Role own, int port, CancellationToken stop)
    {
        var hello = Hello(own);
        await stream.WriteAsync(hello, stop).ConfigureAwait(false);
        var answer = await ReadAsync(stream, HelloBytes + ProofBytes, stop).ConfigureAwait(false);
        var theirs = answer[..HelloBytes];
        var role = RoleOf(theirs);
        if (!secret.IsProof(answer.AsSpan(HelloBytes), Text('A', port, hello, theirs)))
            throw new AuthenticationException("the other side has another secret");
        await stream.WriteAsync(secret.Prove(Text('C', port, hello, theirs)), stop).ConfigureAwait(false);
        return (await ReadAsync(stream, 1, stop).ConfigureAwait(false))[0] == Admitted
            ? role
            : throw new AuthenticationException("the other side did not admit this one");
    }

    /// <inheritdoc cref="AsClientAsync"/>
    public static async Task<Role> AsServerAsync(Stream stream, SharedSecret secret, Role own, int port, CancellationToken stop)
    {
        var theirs = await ReadAsync(stream, HelloBytes, stop).ConfigureAwait(false);
        var role = RoleOf(theirs);
        var hello = Hello(own);
        await stream.WriteAsync((byte[])[.. hello, .. secret.Prove(Text('A', port, theirs, hello))], stop).ConfigureAwait(false);
        if (!secret.IsProof(await ReadAsync(stream, ProofBytes, stop).ConfigureAwait(false), Text('C', port, theirs, hello)))
            throw new AuthenticationException("the other side has another secret");
        await stream.WriteAsync((byte[])[Admitted], stop).ConfigureAwait(false);
        return role;
    }

    private static byte[] Hello(Role role) => [.. "CKPT"u8, Version, (byte)role, .. RandomNumberGenerator.GetBytes(32)];

    private static byte[] Text(char who, int port, byte[] connecting, byte[] accepting) =>
        [(byte)who, (byte)port, (byte)(port >> 8), .. connecting, .. accepting];

    private static Role RoleOf(ReadOnlySpan<byte> hello)
    {
        if (!hello.StartsWith("CKPT"u8))
            throw new AuthenticationException("the other side gives no proof of the secret");
        if (hello[4] != Version)
            throw new AuthenticationException($"the other side speaks version {hello[4]} of the handshake, this one {Version}");
        return Enum.IsDefined((Role)hello[5]) ? (Role)hello[5] : throw new AuthenticationException($"there is no role {hello[5]}");
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int count, CancellationToken stop)
    {
        var bytes = new byte[count];
        try
        {
            await stream.ReadExactlyAsync(bytes, stop).ConfigureAwait(false);
        }
        catch (EndOfStreamException e)
        {
            throw new AuthenticationException("the other side broke off before both had proved the secret", e);
        }

        return bytes;
    }
}
