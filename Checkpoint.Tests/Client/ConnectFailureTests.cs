using System.Net;
using System.Net.Sockets;
using Checkpoint.Client;
using Checkpoint.Protocol;
using Xunit;

namespace Checkpoint.Tests.Client;

/// <summary>Why a client could not connect is said as it was.</summary>
public sealed class ConnectFailureTests
{
    [Fact(DisplayName = "No contact point answers: the reason names one and what its machine said")]
    public async Task Nobody()
    {
        var fault = await FailsAsync(Options($"127.0.0.1:{FreePort()}"));

        Assert.Equal(AisStatus.TryAgain, fault.Status);
        Assert.Contains("no contact point has answered", fault.Reason, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:", fault.Reason, StringComparison.Ordinal);
        Assert.Contains("refused", fault.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("disposed of", fault.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A contact point that accepts and says nothing has not answered either")]
    public async Task Mute()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var fault = await FailsAsync(Options($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));

        Assert.Equal(AisStatus.TryAgain, fault.Status);
        Assert.Contains("no contact point has answered", fault.Reason, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A host that refuses is quoted; a version that no host speaks is VERSION")]
    [InlineData(AisStatus.NoResources, "512 clients are connected, at most 512", AisStatus.TryAgain)]
    [InlineData(AisStatus.Version, "this host speaks version 7", AisStatus.Version)]
    public async Task Refused(AisStatus status, string reason, AisStatus expected)
    {
        await using var host = await FakeHost.StartAsync("node1");
        host.Refusal = new SessionProtocol.Farewell(status, reason);
        var fault = await FailsAsync(Options(host.Contact));

        Assert.Equal(expected, fault.Status);
        Assert.Contains($"refused: {status}, {reason}", fault.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("disposed of", fault.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A host without TLS cannot be spoken to with TLS: the client ends at once and says what failed")]
    public async Task Tls()
    {
        await using var host = await FakeHost.StartAsync("node1");
        var directory = Directory.CreateTempSubdirectory("ckpt-");
        try
        {
            using var authority = new Processes.TestAuthority(directory.FullName, "unknown");
            var fault = await FailsAsync(Options(host.Contact) with
            {
                Hocon = "akka.remote.dot-netty.tcp {\n enable-ssl = true\n ssl { suppress-validation = true\n"
                    + $"require-mutual-authentication = false\n certificate.path = \"{authority.Issue("client")}\" }}\n}}",
            });

            Assert.DoesNotContain("disposed of", fault.Reason, StringComparison.Ordinal);
            Assert.DoesNotContain("no host was asked yet", fault.Reason, StringComparison.Ordinal);
            Assert.Contains(host.Contact, fault.Reason, StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory(DisplayName = "A configuration that cannot work is an ArgumentException with the reason")]
    [InlineData("akka.remote.dot-netty.tcp.enable-ssl = true\nakka.remote.dot-netty.tcp.ssl.certificate.path = \"/no/such.p12\"", "actor system")]
    [InlineData("akka.actor.provider = \"No.Such.Provider, Nowhere\"", "actor system")]
    [InlineData("akka { remote.log-remote-lifecycle-events = on", "Hocon, line 1: '{' is not closed")]
    [InlineData("akka {\n loglevel = INFO\n}\n}\nakka.loglevel = DEBUG", "Hocon, line 4: '}' closes nothing")]
    [InlineData("akka.loglevel = \"INFO", "Hocon, line 1: a quote is not closed")]
    [InlineData("akka.loggers = [\"a\"", "Hocon, line 1: '[' is not closed")]
    public async Task Configuration(string hocon, string word)
    {
        var fault = await Assert.ThrowsAsync<ArgumentException>(async () => await CheckpointClient.ConnectAsync(Options("127.0.0.1:1") with { Hocon = hocon }));
        Assert.Contains("checkpoint client options", fault.Message, StringComparison.Ordinal);
        Assert.Contains(word, fault.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<CheckpointException> FailsAsync(CheckpointClientOptions options) =>
        await Assert.ThrowsAsync<CheckpointException>(async () => await CheckpointClient.ConnectAsync(options));

    private static CheckpointClientOptions Options(params string[] contacts) =>
        new() { ContactPoints = contacts, ConnectTimeout = TimeSpan.FromSeconds(3) };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
