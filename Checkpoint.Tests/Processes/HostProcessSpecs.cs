using System.Globalization;
using System.Text.RegularExpressions;
using Checkpoint.Host.Lifecycle;

namespace Checkpoint.Tests.Processes;

[Collection(ProcessSpecs.Name)]
public sealed partial class HostProcessSpecs
{
    [Fact(DisplayName = "A bad configuration is refused with every fault in one message, exit code 2 and no stack trace")]
    public async Task Bad_configuration()
    {
        await using var cluster = HostCluster.Of(1);
        var host = cluster.Start(
            0, "checkpoint.node-name=", "checkpoint.drain-timeout=soon", "checkpoint.no-such-key=1", "akka.remote.dot-netty.tcp.hostname=0.0.0.0",
            "checkpoint.faults.drop=0.5");

        Assert.Equal(ExitCode.BadConfiguration, await host.ExitCodeAsync());
        Assert.Equal(6, host.Log.Count);
        Assert.Equal("checkpointd: 5 fault(s) in the configuration:", host.Log[0]);
        foreach (var key in new[] { "checkpoint.node-name", "checkpoint.drain-timeout", "checkpoint.no-such-key", "0.0.0.0", "checkpoint.faults" })
            Assert.Single(host.Log.Skip(1), line => line.Contains(key, StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A port in use ends the start with one line and exit code 4")]
    public async Task Port_in_use()
    {
        await using var cluster = HostCluster.Of(1);
        var first = cluster.Start(0);
        await first.ReadyAsync();
        var second = cluster.Start(0, $"checkpoint.data-directory={cluster.Directory}/other");

        Assert.Equal(ExitCode.StartFailed, await second.ExitCodeAsync());
        Assert.Contains(second.Log, line => line.StartsWith("checkpointd: cannot start remoting:", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A data directory that a live host uses is refused")]
    public async Task Directory_in_use()
    {
        await using var cluster = HostCluster.Of(2);
        await cluster.Start(0).ReadyAsync();
        var second = cluster.Start(1, $"checkpoint.data-directory={cluster.DataDirectory(0)}");

        Assert.Equal(ExitCode.StartFailed, await second.ExitCodeAsync());
        Assert.Contains(second.Log, line => line.Contains("another host is using it", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Three hosts become ready; each leaves on SIGTERM with exit code 0 and nothing bad in its log")]
    public async Task Ready_and_leave()
    {
        await using var cluster = HostCluster.Of(3);
        var hosts = await cluster.StartAllAsync();

        foreach (var (host, index) in hosts.Select((host, index) => (host, index)))
        {
            var ready = await host.ReadyAsync();
            Assert.Equal((host.Name, host.Address, cluster.SocketPath(index)), (ready["node"], ready["address"], ready["socket"]));
            Assert.StartsWith("ready node=", await File.ReadAllTextAsync(Path.Combine(cluster.DataDirectory(index), "ready")), StringComparison.Ordinal);
        }

        foreach (var host in hosts)
        {
            host.Term();
            Assert.True(await host.ExitCodeAsync() == ExitCode.Left, host.Tail());
        }

        Assert.All([0, 1, 2], index => Assert.False(File.Exists(Path.Combine(cluster.DataDirectory(index), "ready"))));
        HostLogs.AssertGood(cluster);
    }

    [Fact(DisplayName = "After the SIGKILL of one host the others go on, and it comes back at its address")]
    [Trait("Category", "Long")]
    public async Task Kill_and_return()
    {
        await using var cluster = HostCluster.Of(3);
        var hosts = await cluster.StartAllAsync();

        hosts[1].Kill();
        Assert.Equal(137, await hosts[1].ExitCodeAsync());
        var again = cluster.Start(1);
        await again.ReadyAsync();

        foreach (var host in new[] { hosts[0], again, hosts[2] })
        {
            host.Term();
            Assert.True(await host.ExitCodeAsync() == ExitCode.Left, host.Tail());
        }
    }

    [Fact(DisplayName = "A host that is paused is left out by the others; when it goes on it finds that out and exits with code 3")]
    [Trait("Category", "Long")]
    public async Task Pause_and_left_out()
    {
        await using var cluster = HostCluster.Of(3);
        var hosts = await cluster.StartAllAsync();

        var viewWithAll = long.Parse((await hosts[2].ReadyAsync())["view"], CultureInfo.InvariantCulture);

        hosts[2].Pause();
        var without = await hosts[0].LineAsync("later view without node3", line =>
            AdoptedView().Match(line) is { Success: true } view
            && long.Parse(view.Groups[1].Value, CultureInfo.InvariantCulture) > viewWithAll
            && !line.Contains(hosts[2].Address, StringComparison.Ordinal));
        hosts[2].Resume();

        Assert.True(await hosts[2].ExitCodeAsync() == ExitCode.LeftOut, $"{without}\n{hosts[2].Tail()}");
    }

    [GeneratedRegex(@": adopted view (\d+) ")]
    private static partial Regex AdoptedView();
}
