using System.Text.Json;
using Checkpoint.Cli;
using Checkpoint.Cli.Bench;
using Checkpoint.Tests.Processes;

namespace Checkpoint.Tests.Cli;

/// <summary>The command line against three real hosts.</summary>
[Collection(ProcessSpecs.Name)]
public sealed class RealHostsSpecs
{
    private const string Words = "safCkpt=words";

    [Fact(DisplayName = "What is put through one host is listed, shown, dumped and watched through the others, also after one was drained")]
    [Trait("Category", "Long")]
    public async Task An_operators_day()
    {
        await using var cluster = HostCluster.Of(3);
        var hosts = await cluster.StartAllAsync();

        Assert.Equal(
            "section a created, 5 bytes; checkpoint created (all-replicas, kept 1h after its last close)\n",
            await OkAsync(cluster.SocketPath(0), "put", Words, "a", "--text", "hello"));
        Assert.Equal("section a overwritten, 3 bytes\n", await OkAsync(cluster.SocketPath(1), "put", Words, "a", "--text", "hi\n"));
        Assert.Equal("hi\n", await OkAsync(cluster.SocketPath(2), "dump", Words, "a"));

        var row = Assert.Single((await JsonAsync(cluster.SocketPath(1), "list")).EnumerateArray());
        Assert.Equal((Words, 1, 3), (row.GetProperty("name").GetString(), row.GetProperty("NumSections").GetInt32(), row.GetProperty("UsedSize").GetInt32()));
        var detail = await JsonAsync(cluster.SocketPath(2), "show", Words);
        Assert.Equal(3, detail.GetProperty("NumReplicas").GetInt32());
        Assert.Equal(["node1", "node2", "node3"], detail.GetProperty("replicas").EnumerateArray().Select(replica => replica.GetProperty("safReplica").GetString()).Order());

        // As an old cluster program would call it.
        await OkAsync(cluster.SocketPath(0), "put", "ocfs2:controld", "a", "--text", "x", "--retention", "0");
        await GoneAsync(cluster.SocketPath(1), "ocfs2:controld"); // With its last close, there; here as soon as this host has heard.

        await WatchedAsync(cluster);

        var status = await JsonAsync(cluster.SocketPath(0), "status");
        Assert.True(status.GetProperty("serving").GetBoolean());
        Assert.Equal(3, status.GetProperty("nodes").EnumerateArray().Count(node => node.GetProperty("inView").GetBoolean()));
        Assert.Equal(
            row.GetProperty("orderer").GetString(),
            Assert.Single(status.GetProperty("nodes").EnumerateArray(), node => node.GetProperty("orderedCheckpoints").GetArrayLength() == 1).GetProperty("node").GetString());

        Assert.StartsWith("node3 has left after ", await OkAsync(cluster.SocketPath(0), "drain", "node3"));
        Assert.Equal(0, await hosts[2].ExitCodeAsync());
        Assert.Equal("hey", await OkAsync(cluster.SocketPath(1), "dump", Words, "a"));
    }

    [Fact(DisplayName = "A real host's refusals come with their AIS codes")]
    public async Task Refusals()
    {
        await using var cluster = HostCluster.Of(1);
        await cluster.StartAllAsync();
        var socket = cluster.SocketPath(0);
        await OkAsync(socket, "put", "tiny", "", "--text", "x", "--max-sections", "1", "--max-section-size", "4");

        await RefusedAsync("SA_AIS_ERR_NOT_EXIST", socket, "show", "nothing");
        await RefusedAsync("SA_AIS_ERR_NOT_EXIST", socket, "dump", "tiny", "other");
        await RefusedAsync("SA_AIS_ERR_NOT_EXIST", socket, "drain", "node9");
        await RefusedAsync("SA_AIS_ERR_INVALID_PARAM", socket, "put", "tiny", "", "--text", "hello");
    }

    [Trait("Category", "Long")]
    [Fact(DisplayName = "bench --quick runs to its end against three hosts, and a write costs the same with 10,000 sections")]
    public async Task Bench()
    {
        await using var cluster = HostCluster.Of(3);
        await cluster.StartAllAsync();

        var report = await JsonAsync(cluster.SocketPath(0), "bench", "--quick");

        Assert.Equal(BenchPlan.Quick.Measurements, report.GetProperty("results").GetArrayLength());
        Assert.All(report.GetProperty("results").EnumerateArray(), result => Assert.True(result.GetProperty("operations").GetInt64() > 0));
        Assert.InRange(report.GetProperty("flatness").GetDouble(), 0.5, 1.3);
        foreach (var part in new[] { "all-replicas", "active-replica", "churn", "handles", "few", "many" })
            await GoneAsync(cluster.SocketPath(0), part);
    }

    private static async Task WatchedAsync(HostCluster cluster)
    {
        await using var watch = CliProcess.StartBuilt("watch", Words, "--count", "1", "--socket", cluster.SocketPath(1));
        var line = watch.Out.ReadLineAsync();

        // Until the watch has begun nothing is printed: what is put is put again until it is seen.
        while (!line.IsCompleted)
            await OkAsync(cluster.SocketPath(0), "put", Words, "a", "--text", "hey");

        Assert.EndsWith("  overwritten  a  offset 0  3 bytes", await line);
        Assert.Equal(ExitCode.Ok, (await watch.EndAsync()).ExitCode);
    }

    /// <summary>Until no checkpoint has <paramref name="part"/> in its name.</summary>
    private static async Task GoneAsync(string socket, string part)
    {
        using var late = new CancellationTokenSource(HostUnderTest.Patience);
        while ((await JsonAsync(socket, "list")).EnumerateArray().Any(row => row.GetProperty("name").GetString()!.Contains(part)))
            late.Token.ThrowIfCancellationRequested();
    }

    private static async Task<string> OkAsync(string socket, params string[] arguments)
    {
        var run = await CliRun.OfAsync([.. arguments, "--timeout", "60s", "--socket", socket]);
        Assert.True(run.ExitCode == ExitCode.Ok, $"{string.Join(' ', arguments)}: {run.ExitCode} {run.Error}");
        return run.Out;
    }

    private static async Task<JsonElement> JsonAsync(string socket, params string[] arguments) =>
        JsonDocument.Parse(await OkAsync(socket, [.. arguments, "--json"])).RootElement;

    private static async Task RefusedAsync(string status, string socket, params string[] arguments)
    {
        var run = await CliRun.OfAsync([.. arguments, "--socket", socket]);
        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains($"checkpoint: {status}: ", run.Error);
    }
}
