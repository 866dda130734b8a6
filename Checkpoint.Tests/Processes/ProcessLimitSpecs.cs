using System.Globalization;
using Checkpoint.Host.Lifecycle;
using Checkpoint.Protocol;
using Checkpoint.Tests.Cluster;
using Xunit.Abstractions;
using static Checkpoint.Protocol.SessionProtocol;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Processes;

/// <summary>Descriptors, threads and memory that run out end in an answer to who asks, never in the end of a host.</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class ProcessLimitSpecs(ITestOutputHelper output)
{
    private readonly List<SocketClient> _clients = [];

    [Fact(DisplayName = "clients-max and memory-max that are set and cannot be had: exit 2 with a line each that names key, value and limit")]
    public async Task Set_too_high()
    {
        await using var cluster = HostCluster.Of(1);
        cluster.Launcher = ["prlimit", "--nofile=600:600"];
        cluster.Variables["DOTNET_GCHeapHardLimit"] = "30000000";
        var host = cluster.Start(0, "checkpoint.gateway.clients-max=512", "checkpoint.replication.memory-max=1GiB");

        Assert.Equal(ExitCode.BadConfiguration, await host.ExitCodeAsync());
        Assert.Equal("checkpointd: 2 fault(s) in the configuration:", host.Log[0]);
        Assert.StartsWith("  checkpoint.gateway.clients-max = 512, must be at most 108: RLIMIT_NOFILE = 600 (", host.Log[1], StringComparison.Ordinal);
        Assert.StartsWith("  checkpoint.replication.memory-max = 1073741824, must be at most ", host.Log[2], StringComparison.Ordinal);
        Assert.Contains("DOTNET_GCHeapHardLimit = 805306368", host.Log[2], StringComparison.Ordinal);
        Assert.Equal(3, host.Log.Count);
    }

    [Fact(DisplayName = "600 descriptors: the default clients-max is lowered and said; when none is left clients get NO_RESOURCES, those that are there go on, and it is over when there are some again")]
    public async Task Descriptors()
    {
        await using var cluster = HostCluster.Of(1);
        cluster.Launcher = ["prlimit", "--nofile=300:600"]; // The runtime raises the soft limit to the hard one.
        var host = (await cluster.StartAllAsync())[0];
        Assert.Contains(host.Log, line => line.Contains("checkpoint.gateway.clients-max is lowered from its default 512 to 108: RLIMIT_NOFILE = 600", StringComparison.Ordinal));
        var first = await ConnectAsync(cluster);
        var limits = Assert.IsType<NodeLimits>((await first.AskAsync(new GetNodeLimits())).Body);
        Assert.Equal(new LimitRow("checkpoint.gateway.clients-max", 512, 108, "RLIMIT_NOFILE = 600"), limits.Rows[0]);

        // The limit itself: nothing above what is open now, so that the holes below it are soon filled.
        RunningLimits.Set(host, $"--nofile={HighestDescriptor(host) + 1}:600");
        Assert.Equal(AisStatus.NoResources, (await RefusedAsync(cluster)).Status); // For its connection, or for its thread, which takes some too.
        await first.ServedAsync(Name("limit"));
        RunningLimits.Set(host, "--nofile=600:600");
        Assert.InRange(await ConnectManyAsync(cluster, 120), 13, 120);
        await first.ServedAsync(Name("limit"));
        Assert.InRange(host.Log.Count(line => line.Contains("could not be accepted", StringComparison.Ordinal)), 0, 2);
        await LeaveAsync(host);
    }

    [ControlGroupFact("pids", DisplayName = "No thread is left: the client that needs one gets NO_RESOURCES, those that are there go on, and it is over when there are some again")]
    public async Task Threads()
    {
        using var group = new ControlGroup("pids", "pids.max", 200);
        await using var cluster = HostCluster.Of(1);
        cluster.Launcher = group.Launcher;
        var host = (await cluster.StartAllAsync())[0];
        Assert.Contains(host.Log, line => line.Contains("checkpoint.gateway.clients-max is lowered from its default 512 to 36: the control group's pids.max = 200", StringComparison.Ordinal));
        var first = await ConnectAsync(cluster);
        await first.ServedAsync(Name("limit"));

        group.Set("pids.max", 1); // No more than there are.
        Assert.Equal(AisStatus.NoResources, (await Assert.ThrowsAsync<GatewayRefusedException>(() => ConnectAsync(cluster))).Status);
        await first.ServedAsync(Name("limit"));
        group.Set("pids.max", 200);
        await (await ConnectAsync(cluster)).ServedAsync(Name("limit"));
        await LeaveAsync(host);
    }

    [Theory(DisplayName = "Content grows until a heap limit of 448 MiB: the default memory-max is lowered, growth ends in NO_RESOURCES or NO_MEMORY, everything else goes on")]
    [InlineData(256 << 10)]
    [InlineData(16 << 20)]
    public async Task Heap_limit(int step)
    {
        await using var cluster = HostCluster.Of(1);
        cluster.Variables["DOTNET_GCHeapHardLimit"] = (448 << 20).ToString("x", CultureInfo.InvariantCulture);
        var host = (await cluster.StartAllAsync())[0];
        Assert.Contains(host.Log, line => line.Contains("checkpoint.replication.memory-max is lowered", StringComparison.Ordinal));
        await GrowAsync(cluster, step);
        await LeaveAsync(host);
    }

    [ControlGroupFact("memory", DisplayName = "The same in a control group of 640 MiB")]
    public async Task Memory_of_the_group()
    {
        using var group = new ControlGroup("memory", "memory.limit_in_bytes", 640L << 20);
        await using var cluster = HostCluster.Of(1);
        cluster.Launcher = group.Launcher;
        var host = (await cluster.StartAllAsync())[0];
        Assert.Contains(host.Log, line => line.Contains("checkpoint.replication.memory-max is lowered", StringComparison.Ordinal));
        await GrowAsync(cluster, 4 << 20);
        output.WriteLine($"at most {group.Get("memory.max_usage_in_bytes") >> 20} MiB");
        await LeaveAsync(host);
    }

    private async Task GrowAsync(HostCluster cluster, int step)
    {
        var client = await ConnectAsync(cluster);
        var handle = await client.OpenAsync(Name("limit"));
        var status = AisStatus.Ok;
        var sections = 0;
        for (; status == AisStatus.Ok && sections < 4_096; sections++)
            status = (await client.AskAsync(new Change(handle, new ContentOp.CreateSection(Section(sections), AisTime.End, new byte[step])))).Status;
        output.WriteLine($"{sections} sections of {step} bytes, then {status}");
        Assert.True(status is AisStatus.NoResources or AisStatus.NoMemory, $"{status} after {sections} sections of {step} bytes");

        await client.OkAsync(new Change(handle, new ContentOp.Overwrite(Section(0), new byte[step])));
        Assert.Equal(step, await client.ReadLengthAsync(handle, 0));
        for (var i = 0; i < sections - 1; i++)
            await client.OkAsync(new Change(handle, new ContentOp.DeleteSection(Section(i))));
        await Eventually.TrueAsync("there is room again", async () =>
            (await client.AskAsync(new Change(handle, new ContentOp.CreateSection(Section(0), AisTime.End, new byte[step])))).Status == AisStatus.Ok);
    }

    /// <returns>How many were refused, with NO_RESOURCES.</returns>
    private async Task<int> ConnectManyAsync(HostCluster cluster, int count)
    {
        var refused = 0;
        for (var i = 0; i < count; i++)
        {
            try
            {
                await ConnectAsync(cluster);
            }
            catch (GatewayRefusedException e)
            {
                Assert.Equal(AisStatus.NoResources, e.Status);
                refused++;
            }
        }

        return refused;
    }

    /// <summary>Connects until the host takes no more.</summary>
    private async Task<GatewayRefusedException> RefusedAsync(HostCluster cluster)
    {
        for (var left = 100; left > 0; left--)
        {
            try
            {
                await ConnectAsync(cluster);
            }
            catch (GatewayRefusedException refused)
            {
                return refused;
            }
        }

        throw new Xunit.Sdk.XunitException("100 clients more were taken");
    }

    private static int HighestDescriptor(HostUnderTest host) =>
        Directory.EnumerateFileSystemEntries($"/proc/{host.Pid}/fd").Max(path => int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture));

    private static async Task LeaveAsync(HostUnderTest host)
    {
        host.Term();
        Assert.True(await host.ExitCodeAsync() == ExitCode.Left, host.Tail());
    }

    private async Task<SocketClient> ConnectAsync(HostCluster cluster)
    {
        var client = await SocketClient.ConnectAsync(cluster);
        _clients.Add(client);
        return client;
    }
}
