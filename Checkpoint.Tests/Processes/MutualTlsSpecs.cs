using System.Text.Json;
using Checkpoint.Host.Lifecycle;
using Checkpoint.Tests.Cli;
using CliExitCode = Checkpoint.Cli.ExitCode;

namespace Checkpoint.Tests.Processes;

/// <summary>Hosts that speak mutual TLS with each other, set up as <c>hocon/node-production.conf</c> says.</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class MutualTlsSpecs
{
    private const string Name = "safCkpt=secret";

    [Fact(DisplayName = "Hosts with certificates of one authority form a cluster and serve; one with a certificate of another authority does not get in")]
    public async Task Cluster_of_one_authority()
    {
        await using var cluster = HostCluster.Of(3);
        using var authority = new TestAuthority(cluster.Directory, "authority");
        using var stranger = new TestAuthority(cluster.Directory, "stranger");
        cluster.UseTls(authority.PemFile);
        var hosts = new[] { 0, 1 }.Select(index => cluster.Start(index, Certificate(authority.Issue($"node{index + 1}")))).ToList();
        await Task.WhenAll(hosts.Select(host => host.ReadyAsync()));

        Assert.Equal(CliExitCode.Ok, (await RunAsync(cluster, 0, "put", Name, "s", "--text", "kept")).ExitCode);
        Assert.Equal("kept", (await RunAsync(cluster, 1, "dump", Name, "s")).Out);
        Assert.Equal(CliExitCode.Ok, (await RunAsync(cluster, 1, "put", Name, "s", "--text", "kept by both")).ExitCode);
        Assert.Equal("kept by both", (await RunAsync(cluster, 0, "dump", Name, "s")).Out);

        cluster.Trust(await BothAsync(cluster, authority, stranger)); // Else it would refuse its own certificate.
        var third = cluster.Start(2, Certificate(stranger.Issue("node3")));
        await hosts[0].LineAsync("refusal", line => line.Contains("TLS handshake", StringComparison.Ordinal));
        Assert.Equal(ExitCode.StartFailed, await third.ExitCodeAsync());
        Assert.Equal(["node1", "node2"], await MembersAsync(cluster));
        Assert.Equal("kept by both", (await RunAsync(cluster, 1, "dump", Name, "s")).Out);

        cluster.Trust(authority.PemFile);
        var again = cluster.Start(2, Certificate(authority.Issue("node3")));
        await again.ReadyAsync();
        Assert.Equal(["node1", "node2", "node3"], await MembersAsync(cluster));
        Assert.Equal("kept by both", (await RunAsync(cluster, 2, "dump", Name, "s")).Out);
    }

    private static async Task<string> BothAsync(HostCluster cluster, TestAuthority one, TestAuthority other)
    {
        var file = Path.Combine(cluster.Directory, "both.pem");
        await File.WriteAllTextAsync(file, await File.ReadAllTextAsync(one.PemFile) + "\n" + await File.ReadAllTextAsync(other.PemFile));
        return file;
    }

    private static string Certificate(string file) => $"akka.remote.dot-netty.tcp.ssl.certificate.path={file}";

    private static async Task<IReadOnlyList<string>> MembersAsync(HostCluster cluster)
    {
        var status = await RunAsync(cluster, 0, "status", "--json");
        Assert.Equal(CliExitCode.Ok, status.ExitCode);
        using var json = JsonDocument.Parse(status.Out);
        return [.. json.RootElement.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("node").GetString()!).Order()];
    }

    private static Task<CliRun> RunAsync(HostCluster cluster, int index, params string[] arguments) =>
        CliRun.OfAsync([.. arguments, "--timeout", "60s", "--socket", cluster.SocketPath(index)]);
}
