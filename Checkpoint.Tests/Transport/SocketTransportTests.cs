using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Remote;
using Akka.Remote.Transport;
using Checkpoint.Tests.Processes;

namespace Checkpoint.Tests.Transport;

/// <summary>Actor systems of one process that reach each other by sockets of our own.</summary>
public sealed class SocketTransportTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ckpt-tls-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact(DisplayName = "Two systems speak with each other: small, large, a thousand in order")]
    public async Task Plain()
    {
        await using var a = RemoteSystem.OfOwn();
        await using var b = RemoteSystem.OfOwn();

        await SpeakAsync(a, b);

        Assert.StartsWith("akka.tcp://remote@127.0.0.1:", a.Address.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "With mutual TLS two systems of one authority speak; another authority's is refused, its side and the other live and go on")]
    public async Task Mutual_tls()
    {
        using var authority = new TestAuthority(_directory, "authority");
        using var stranger = new TestAuthority(_directory, "stranger");
        await using var a = RemoteSystem.OfOwn(RemoteSystem.Tls(authority.Issue("a"), authority.PemFile));
        await using var b = RemoteSystem.OfOwn(RemoteSystem.Tls(authority.Issue("b"), authority.PemFile));
        await using var c = RemoteSystem.OfOwn(RemoteSystem.Tls(stranger.Issue("c"), stranger.PemFile));
        await SpeakAsync(a, b);

        a.EchoOf(c).Tell("out");
        c.EchoOf(b).Tell("in");

        Assert.Contains("PartialChain", await a.WarningAsync($"connecting to {c.Address.Host}:{c.Address.Port} failed"), StringComparison.Ordinal);
        Assert.Contains("PartialChain", await c.WarningAsync($"connecting to {b.Address.Host}:{b.Address.Port} failed"), StringComparison.Ordinal);
        await SpeakAsync(a, b);
        await SpeakAsync(b, a);
        Assert.All(new[] { a, b, c }, system => Assert.False(system.System.WhenTerminated.IsCompleted));
        Assert.StartsWith("akka.ssl.tcp://remote@127.0.0.1:", a.Address.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The certificate must be for the address that was connected to, unless that is switched off")]
    public async Task Host_name()
    {
        using var authority = new TestAuthority(_directory, "authority");
        var certificate = authority.Issue("a"); // For 127.0.0.1.
        const string Elsewhere = "hostname = \"127.0.0.2\"";
        await using var checks = RemoteSystem.OfOwn(RemoteSystem.Tls(certificate, authority.PemFile));
        await using var trusts = RemoteSystem.OfOwn(RemoteSystem.Tls(certificate, authority.PemFile, "check-host-name = off"));
        await using var other = RemoteSystem.OfOwn(RemoteSystem.Tls(certificate, authority.PemFile) + "\n" + Elsewhere);

        checks.EchoOf(other).Tell("x");

        Assert.Contains("RemoteCertificateNameMismatch", await checks.WarningAsync($"connecting to {other.Address.Host}:{other.Address.Port} failed"), StringComparison.Ordinal);
        Assert.Equal("y", await trusts.AskAsync(other, "y"));
    }

    [Fact(DisplayName = "Certificates are read again for new connections; bad ones are told and change nothing")]
    public async Task Reload()
    {
        using var authority = new TestAuthority(_directory, "authority");
        using var next = new TestAuthority(_directory, "next");
        var file = Path.Combine(_directory, "a.p12");
        var trusted = Path.Combine(_directory, "trusted.pem");
        authority.Issue("a");
        File.Copy(authority.PemFile, trusted);
        await using var a = RemoteSystem.OfOwn(RemoteSystem.Tls(file, trusted));
        await using var b = RemoteSystem.OfOwn(RemoteSystem.Tls(next.Issue("b"), next.PemFile));
        a.EchoOf(b).Tell("too early");
        await a.WarningAsync($"connecting to {b.Address.Host}:{b.Address.Port} failed");

        await File.WriteAllTextAsync(file, "no certificate");
        Assert.StartsWith(file, Assert.Throws<Checkpoint.Transport.Tls.TlsException>(a.Transport.Tls!.Reload).Message, StringComparison.Ordinal);
        next.Issue("a");
        File.Copy(next.PemFile, trusted, overwrite: true);
        a.Transport.Tls!.Reload();

        Assert.Equal("now", await a.AskAsync(b, "now"));
    }

    [Theory(DisplayName = "Whoever is connected to and breaks off, is silent or talks garbage in the handshake costs that association, and nothing else")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bad_servers(bool tls)
    {
        using var authority = new TestAuthority(_directory, "authority");
        string Settings(string name) =>
            "handshake-timeout = 500ms\n" + (tls ? RemoteSystem.Tls(authority.Issue(name), authority.PemFile) : "");
        await using var a = RemoteSystem.OfOwn(Settings("a"));
        await using var b = RemoteSystem.OfOwn(Settings("b"));
        var scheme = tls ? "akka.ssl.tcp" : "akka.tcp";
        foreach (var bad in Enum.GetValues<BadServer.Way>())
        {
            using var server = new BadServer(bad);
            a.System.ActorSelection($"{scheme}://remote@127.0.0.1:{server.Port}/user/echo").Tell("x");
            await server.Tried.WaitAsync(RemoteSystem.Patience);
            Assert.Equal("beside", await a.AskAsync(b, "beside"));
        }

        Assert.False(a.System.WhenTerminated.IsCompleted);
    }

    [Fact(DisplayName = "Strangers who connect, are silent, break off or talk garbage are told once a minute, and keep nobody out")]
    public async Task Strangers()
    {
        using var authority = new TestAuthority(_directory, "authority");
        await using var a = RemoteSystem.OfOwn("handshakes-max = 20\n" + RemoteSystem.Tls(authority.Issue("a"), authority.PemFile));
        await using var b = RemoteSystem.OfOwn(RemoteSystem.Tls(authority.Issue("b"), authority.PemFile));
        List<Socket> silent = [];
        for (var i = 0; i < 60; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, a.Address.Port!.Value);
            if (i % 3 == 0)
                await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            if (i % 3 == 1)
                socket.Close(0);
            else
                silent.Add(socket);
        }

        Assert.Equal("in", await b.AskAsync(a, "in"));

        await a.WarningAsync("a connection from 127.0.0.1 was refused");
        Assert.InRange(a.CountOf("a connection from 127.0.0.1 was refused"), 1, 10); // A few reasons, for 60 connections.
        silent.ForEach(socket => socket.Dispose());
    }

    [Fact(DisplayName = "Where a secret is asked for, who knows it gets in, plain or with TLS; who knows another or none does not, and is told so")]
    public async Task Secret()
    {
        var file = Path.Combine(_directory, "secret");
        string With(string name, string role) => $"secret-file = \"{Path.Combine(_directory, name)}\", role = {role}";
        await using var host = RemoteSystem.OfOwn(With("secret", "host"));
        await using var client = RemoteSystem.OfOwn(With("secret", "client"));
        await using var other = RemoteSystem.OfOwn(With("another", "client"));
        await using var none = RemoteSystem.OfOwn();
        await SpeakAsync(client, host);

        other.EchoOf(host).Tell("x");
        none.EchoOf(host).Tell("x");

        Assert.Contains("the other side has another secret", await other.WarningAsync($"connecting to {host.Address.Host}:{host.Address.Port} failed"), StringComparison.Ordinal);
        await host.WarningAsync("was refused: the other side gives no proof of the secret");
        await host.WarningAsync("was refused: the other side broke off before both had proved the secret");
        Assert.True(File.Exists(file));
    }

    [Fact(DisplayName = "Every fault of the transport's section is in one message, each with its key")]
    public void Faults()
    {
        var fault = Assert.ThrowsAny<Exception>(() => RemoteSystem.OfOwn(
            "hostname = \"\", port = 70000, maximum-frame-size = 1b, handshake-timeout = 20s, role = king, tls.enabled = on"));
        while (fault.InnerException is { } inner)
            fault = inner;

        Assert.Equal(
            [
                "akka.remote.checkpoint-tcp.handshake-timeout = 20s, must be a time from 100ms to 12s",
                "akka.remote.checkpoint-tcp.hostname must be set: it is the address of this system",
                "akka.remote.checkpoint-tcp.maximum-frame-size = 1b, must be a size from 32768b to 67108864b",
                "akka.remote.checkpoint-tcp.port = 70000, must be a number from 0 to 65535",
                "akka.remote.checkpoint-tcp.role = king, must be host, member or client",
                "akka.remote.checkpoint-tcp.tls.certificate must be set with tls.enabled = on",
            ],
            fault.Message.Split(Environment.NewLine).Order());
    }

    [Fact(DisplayName = "Members with Akka's own TCP transport and with ours understand each other")]
    public async Task With_dot_netty()
    {
        await using var own = RemoteSystem.OfOwn();
        await using var other = RemoteSystem.OfDotNetty();

        await SpeakAsync(own, other);
        await SpeakAsync(other, own);
    }

    [Fact(DisplayName = "A cut by Akka's throttle adapter silences the two, and a heal gives them back")]
    public async Task Cut_and_heal()
    {
        const string Throttled = "applied-adapters = [\"trttl\"]";
        await using var a = RemoteSystem.OfOwn(Throttled);
        await using var b = RemoteSystem.OfOwn(Throttled);
        await SpeakAsync(a, b);
        var transport = ((IRemoteActorRefProvider)((ExtendedActorSystem)a.System).Provider).Transport;

        await transport.ManagementCommand(new SetThrottle(b.Address, ThrottleTransportAdapter.Direction.Both, Blackhole.Instance));
        await Assert.ThrowsAsync<AskTimeoutException>(() => a.EchoOf(b).Ask<string>("lost", TimeSpan.FromMilliseconds(300)));
        await transport.ManagementCommand(new SetThrottle(b.Address, ThrottleTransportAdapter.Direction.Both, Unthrottled.Instance));

        Assert.Equal("back", await a.AskAsync(b, "back"));
    }

    [Fact(DisplayName = "A port that is in use fails the start; after the first system's end it is free at once")]
    public async Task Port()
    {
        var first = RemoteSystem.OfOwn();
        var port = first.Address.Port!.Value;
        var fault = Assert.ThrowsAny<Exception>(() => RemoteSystem.OfOwn($"port = {port}"));
        Assert.IsType<SocketException>(fault.GetBaseException());
        await first.DisposeAsync();

        await using var second = RemoteSystem.OfOwn($"port = {port}");
    }

    private static async Task SpeakAsync(RemoteSystem a, RemoteSystem b)
    {
        Assert.Equal("hello", await a.AskAsync(b, "hello"));
        var large = new string('x', 200_000);
        Assert.Equal(large, await a.AskAsync(b, large));
        var answers = Enumerable.Range(0, 1_000).Select(number => a.EchoOf(b).Ask<int>(number, RemoteSystem.Patience)).ToList();
        Assert.Equal(Enumerable.Range(0, 1_000), await Task.WhenAll(answers));
    }
}
