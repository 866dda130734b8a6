using System.Text;
using Checkpoint.Client;
using Checkpoint.Protocol;
using Checkpoint.Tests.Cluster;
using Xunit;

namespace Checkpoint.Tests.Client;

/// <summary>The .NET client against real hosts in this process, over real remoting.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ClientOnClusterSpecs
{
    private static readonly TimeSpan Patience = TestCluster.Patience;
    private static readonly CreationAttributes Attributes = new(
        CreationFlags.WriteAllReplicas, 1 << 22, AisTime.NanosecondsPerSecond * 600, 100, 1 << 24, 64);

    [Fact(DisplayName = "A client does everything that the door offers, with data above a frame, and sees what another client wrote through another host")]
    public async Task Whole_surface()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var one = await CheckpointClient.ConnectAsync(Options(cluster.Hosts[0]));
        await using var two = await CheckpointClient.ConnectAsync(Options(cluster.Hosts[1]));
        var name = new CheckpointName("safCkpt=surface");
        Assert.Null(await two.TryOpenAsync(name));
        await using var writer = await one.OpenAsync(name, attributes: Attributes);
        await using var reader = (await two.TryOpenAsync(name, OpenFlags.Read))!;
        Assert.Equal((writer.Incarnation, Attributes), (reader.Incarnation, reader.CreationAttributes));

        var big = new byte[3_000_000];
        new Random(3).NextBytes(big);
        var a = await writer.CreateSectionAsync(new SectionId("a"), Encoding.ASCII.GetBytes("hello"));
        var generated = await writer.CreateSectionAsync(default, big);
        Assert.False(generated.IsDefault);
        await writer.WriteAsync([new WriteElement(a, 5, " world"u8.ToArray()), new WriteElement(generated, 1, new byte[] { 1, 2, 3 })]);
        big.AsSpan(1, 3).Clear();
        new byte[] { 1, 2, 3 }.CopyTo(big, 1);

        var read = await reader.ReadAsync([new ReadElement(a, 0, ReadElement.Whole), new ReadElement(generated, 0, ReadElement.Whole), new ReadElement(a, 6, 3)]);
        Assert.Equal("hello world", Encoding.ASCII.GetString(read[0].Span));
        Assert.True(read[1].Span.SequenceEqual(big));
        Assert.Equal("wor", Encoding.ASCII.GetString(read[2].Span));

        await writer.OverwriteAsync(a, "x"u8.ToArray());
        var sections = new Dictionary<SectionId, long>();
        await foreach (var section in reader.SectionsAsync())
            sections.Add(section.Id, section.Size);
        Assert.Equal(new Dictionary<SectionId, long> { [a] = 1, [generated] = big.Length }, sections);
        var status = await reader.GetStatusAsync();
        Assert.Equal((2, big.Length + 1L), (status.SectionCount, status.MemoryUsed));

        await writer.DeleteSectionAsync(generated);
        await writer.SetRetentionAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(AisStatus.NotExist, await StatusOfAsync(() => reader.ReadAsync(generated)));
        Assert.Equal(AisStatus.Access, await StatusOfAsync(() => reader.ReadAsync(a), () => reader.WriteAsync(a, 0, new byte[1])));
        Assert.Equal(AisStatus.BadOperation, await StatusOfAsync(() => writer.SynchronizeAsync()));
        await one.UnlinkAsync(name);
        Assert.Null(await two.TryOpenAsync(name));
        Assert.Equal("x", Encoding.ASCII.GetString((await reader.ReadAsync(a)).Span));
    }

    [Fact(DisplayName = "The host of a client dies under writes: no acknowledged write is lost, the handle goes on through another host, changes go on after one gap")]
    public async Task Host_dies()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var client = await CheckpointClient.ConnectAsync(Options([.. cluster.Hosts]));
        await using var watcher = await CheckpointClient.ConnectAsync(Options([.. cluster.Hosts.Where(host => host.Name != client.HostName)]));
        var name = new CheckpointName("safCkpt=failover");
        await using var handle = await client.OpenAsync(name, attributes: Attributes);
        var section = await handle.CreateSectionAsync(new SectionId("n"), new byte[8]);
        var victim = cluster.Hosts.Single(host => host.Name == client.HostName);
        using var over = new CancellationTokenSource(Patience);
        var gap = GapAsync(handle, over.Token);
        long acknowledged = 0;
        Task? dying = null;
        while (acknowledged < 200)
        {
            try
            {
                await handle.WriteAsync(section, 0, BitConverter.GetBytes(acknowledged + 1), over.Token);
                acknowledged++;
            }
            catch (CheckpointException fault) when (fault.Status is AisStatus.TryAgain or AisStatus.Timeout or AisStatus.Unavailable)
            {
                // What is unknown is either the last acknowledged number or the next: nothing older, nothing else.
                var value = await ReadWithPatienceAsync(handle, section, over.Token);
                Assert.InRange(value, acknowledged, acknowledged + 1);
                acknowledged = value;
            }

            if (acknowledged == 60)
                dying ??= victim.KillAsync();
        }

        await dying!;
        Assert.NotEqual(victim.Name, client.HostName);
        Assert.Equal(acknowledged, await ReadWithPatienceAsync(handle, section, over.Token));
        await using var other = await watcher.OpenAsync(name, OpenFlags.Read);
        Assert.Equal(acknowledged, await ReadWithPatienceAsync(other, section, over.Token));
        await gap;
    }

    [Fact(DisplayName = "The host of a client leaves gracefully under load: no call of the client ends in an error")]
    public async Task Host_leaves()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var client = await CheckpointClient.ConnectAsync(Options([.. cluster.Hosts]));
        await using var handle = await client.OpenAsync(new CheckpointName("safCkpt=leave"), attributes: Attributes);
        var section = await handle.CreateSectionAsync(new SectionId("n"), new byte[8]);
        var leaver = cluster.Hosts.Single(host => host.Name == client.HostName);
        var moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionChanged += (_, changed) =>
        {
            if (changed.Status == ConnectionStatus.Connected)
                moved.TrySetResult();
        };

        Task? leaving = null;
        long written = 0;
        for (var after = 0; after < 50; after += moved.Task.IsCompleted ? 1 : 0)
        {
            await Task.WhenAll(Enumerable.Range(1, 8).Select(i => handle.WriteAsync(section, 0, BitConverter.GetBytes(written + i)).AsTask()));
            written += 8;
            if (written == 80)
                leaving = leaver.StopAsync();
        }

        await leaving!;
        Assert.NotEqual(leaver.Name, client.HostName);
        Assert.Equal(written, BitConverter.ToInt64((await handle.ReadAsync(section)).Span));
    }

    private static CheckpointClientOptions Options(params TestHost[] hosts) => new()
    {
        ContactPoints = [.. hosts.Select(host => $"127.0.0.1:{host.Address.Port}")],
        CallTimeout = TimeSpan.FromSeconds(30),
        // The hosts of a TestCluster carry the failure injector in their addresses.
        Hocon = "akka.remote.dot-netty.tcp.applied-adapters = [\"trttl\"]",
    };

    private static async Task GapAsync(CheckpointHandle handle, CancellationToken cancel)
    {
        await foreach (var change in handle.ChangesAsync(cancel))
            if (change.IsGap)
                return;
    }

    private static async Task<long> ReadWithPatienceAsync(CheckpointHandle handle, SectionId section, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return BitConverter.ToInt64((await handle.ReadAsync(section, cancel: cancel)).Span);
            }
            catch (CheckpointException fault) when (fault.Status is AisStatus.TryAgain or AisStatus.Timeout or AisStatus.Unavailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancel);
            }
        }
    }

    private static async Task<AisStatus> StatusOfAsync(Func<ValueTask<ReadOnlyMemory<byte>>> call) =>
        (await Assert.ThrowsAsync<CheckpointException>(() => call().AsTask())).Status;

    private static async Task<AisStatus> StatusOfAsync(Func<ValueTask> call) =>
        (await Assert.ThrowsAsync<CheckpointException>(() => call().AsTask())).Status;

    private static async Task<AisStatus> StatusOfAsync(Func<ValueTask<ReadOnlyMemory<byte>>> allowed, Func<ValueTask> call)
    {
        await allowed();
        return await StatusOfAsync(call);
    }
}
