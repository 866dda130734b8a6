using System.Net.Sockets;
using System.Security.Authentication;
using Checkpoint.Transport.Secrets;

namespace Checkpoint.Tests.Transport;

public sealed class SecretTests : IDisposable
{
    private const int Port = 4711;

    private readonly string _directory = Directory.CreateTempSubdirectory("ckpt-secret-").FullName;

    private string File => Path.Combine(_directory, "secret");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact(DisplayName = "Who know the same secret learn each other's role, and then the stream is theirs")]
    public async Task Same_secret()
    {
        using var pair = await StreamsAsync();
        var secret = Secret(1);

        var roles = await Task.WhenAll(
            SecretHandshake.AsClientAsync(pair.Left, secret, Role.Client, Port, default),
            SecretHandshake.AsServerAsync(pair.Right, secret, Role.Host, Port, default));

        Assert.Equal([Role.Host, Role.Client], roles);
        await pair.Left.WriteAsync(new byte[] { 7 });
        Assert.Equal(7, pair.Right.ReadByte());
    }

    [Fact(DisplayName = "Who knows another secret is not admitted, and is not told more than that; neither side is left waiting")]
    public async Task Another_secret()
    {
        using var pair = await StreamsAsync();
        var accepting = SecretHandshake.AsServerAsync(pair.Right, Secret(2), Role.Host, Port, default);

        var refused = await Assert.ThrowsAsync<AuthenticationException>(() => SecretHandshake.AsClientAsync(pair.Left, Secret(1), Role.Client, Port, default));
        await pair.Left.DisposeAsync();

        Assert.Equal("the other side has another secret", refused.Message);
        var broken = await Assert.ThrowsAsync<AuthenticationException>(() => accepting);
        Assert.Equal("the other side broke off before both had proved the secret", broken.Message);
    }

    [Fact(DisplayName = "Who passes the words on from another port is found out by who connected")]
    public async Task Passed_on()
    {
        using var pair = await StreamsAsync();
        var accepting = SecretHandshake.AsServerAsync(pair.Right, Secret(1), Role.Host, Port, default);

        await Assert.ThrowsAsync<AuthenticationException>(() => SecretHandshake.AsClientAsync(pair.Left, Secret(1), Role.Client, Port + 1, default));
        await pair.Left.DisposeAsync();

        await Assert.ThrowsAsync<AuthenticationException>(() => accepting);
    }

    [Fact(DisplayName = "Sending back what came proves nothing")]
    public async Task Echo()
    {
        using var pair = await StreamsAsync();
        var connecting = SecretHandshake.AsClientAsync(pair.Left, Secret(1), Role.Client, Port, default);
        var hello = new byte[38];
        await pair.Right.ReadExactlyAsync(hello);

        await pair.Right.WriteAsync((byte[])[.. hello, .. hello[..32]]);

        await Assert.ThrowsAsync<AuthenticationException>(() => connecting);
    }

    [Theory(DisplayName = "What is no hello is refused with the reason")]
    [InlineData("GET ", 1, 1, "the other side gives no proof of the secret")]
    [InlineData("CKPT", 2, 1, "the other side speaks version 2 of the handshake, this one 1")]
    [InlineData("CKPT", 1, 9, "there is no role 9")]
    public async Task No_hello(string magic, byte version, byte role, string why)
    {
        using var pair = await StreamsAsync();
        var accepting = SecretHandshake.AsServerAsync(pair.Right, Secret(1), Role.Host, Port, default);

        await pair.Left.WriteAsync((byte[])[.. System.Text.Encoding.ASCII.GetBytes(magic), version, role, .. new byte[32]]);

        Assert.Equal(why, (await Assert.ThrowsAsync<AuthenticationException>(() => accepting)).Message);
    }

    [Fact(DisplayName = "Of many who need the file at once one makes it, and all have the same secret; the group may read it, nobody else")]
    public async Task File_once()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => SecretFile.ReadOrMake(File))));

        var proofs = all.Select(secret => Convert.ToHexString(secret.Prove([1]))).Distinct();
        Assert.Single(proofs);
        Assert.Equal(["secret"], Directory.GetFiles(_directory).Select(Path.GetFileName));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, System.IO.File.GetUnixFileMode(File));
    }

    [Theory(DisplayName = "A file without a secret, or one that others may read, is refused by name")]
    [InlineData("", UnixFileMode.UserRead | UnixFileMode.UserWrite, "holds no secret")]
    [InlineData("abc", UnixFileMode.UserRead | UnixFileMode.UserWrite, "holds no secret")]
    [InlineData("00112233445566778899aabbccddeeff", UnixFileMode.UserRead | UnixFileMode.UserWrite, "holds no secret")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", UnixFileMode.UserRead | UnixFileMode.OtherRead, "may be read or changed by others")]
    public async Task Bad_file(string text, UnixFileMode mode, string why)
    {
        await System.IO.File.WriteAllTextAsync(File, text);
        System.IO.File.SetUnixFileMode(File, mode);

        var fault = Assert.Throws<IOException>(() => SecretFile.ReadOrMake(File));

        Assert.StartsWith(File, fault.Message, StringComparison.Ordinal);
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
    }

    private static SharedSecret Secret(byte value) => new(Enumerable.Repeat(value, SharedSecret.Bytes).ToArray());

    private static async Task<Streams> StreamsAsync()
    {
        var (left, right) = await ConnectedPair.OfAsync();
        return new Streams(new NetworkStream(left, ownsSocket: true), new NetworkStream(right, ownsSocket: true));
    }

    private sealed record Streams(NetworkStream Left, NetworkStream Right) : IDisposable
    {
        public void Dispose()
        {
            Left.Dispose();
            Right.Dispose();
        }
    }
}
