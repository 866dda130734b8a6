using Checkpoint.Host.Lifecycle;
using Xunit.Abstractions;

namespace Checkpoint.Tests.Processes;

/// <summary>What a host whose peer is away does to its log.</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class RepeatedLinesSpecs(ITestOutputHelper output)
{
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(10);

    [Fact(DisplayName = "A host that waits for its peer says so at once, and then writes less than a line a second")]
    public async Task Peer_away()
    {
        await using var cluster = HostCluster.Of(2);
        var host = cluster.Start(1); // Only the first seed begins a cluster of its own.
        await host.LineAsync("its first line about the peer", line => line.Contains("Connection refused", StringComparison.Ordinal));
        await Task.Delay(Watched, TimeProvider.System);
        var lines = host.Log.Count(line => line.Contains(cluster.AddressOf(0), StringComparison.Ordinal));

        output.WriteLine($"{lines} lines name the peer in {Watched}");
        Assert.InRange(lines, 1, 12);
        host.Term();
        Assert.Equal(ExitCode.Left, await host.ExitCodeAsync());
        Assert.Contains(host.Log, line => line.Contains(" more like this in ", StringComparison.Ordinal));
    }
}
