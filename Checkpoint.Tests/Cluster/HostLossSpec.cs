using Checkpoint.Client;
using Checkpoint.Protocol;
using Xunit.Abstractions;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Cluster;

/// <summary>What applications see of hosts that come, are cut off and die. Each spec has a cluster of its own.</summary>
[Collection(ClusterCollection.Name)]
public sealed class HostLossSpec(ITestOutputHelper output)
{
    [Fact(DisplayName = "From the cut on the minority's applications get no update acknowledged; the replicas of who is left, and of who comes after the heal, are identical")]
    public async Task Partition()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (a, b, c) = (cluster.Hosts[0], cluster.Hosts[1], cluster.Hosts[2]);
        await using var majority = await Application.AtAsync(a);
        await using var minority = await Application.AtAsync(c);
        var name = Name("parted");
        await using var there = await minority.OpenAsync(name, Attributes()); // The minority's host orders it.
        await using var here = await majority.OpenAsync(name);
        for (var index = 0; index < 4; index++)
            await there.CreateSectionAsync(Section(index), Bytes("before"));

        await cluster.CutOffAsync(c);
        var wrongly = WriteWhileAtAsync(minority, there, "C");
        await cluster.ServingAsync(a, b);
        for (var round = 0; round < 50; round++)
            await Application.PatientlyAsync(() => here.OverwriteAsync(Section(round % 3), Bytes($"majority {round}")));
        var (attempts, acknowledged) = await wrongly;
        output.WriteLine($"{attempts} writes were tried at the minority, {acknowledged} acknowledged");
        Assert.True(attempts > 0);
        Assert.Equal(0, acknowledged);

        await cluster.HealAsync();
        await c.System.WhenTerminated.WaitAsync(TestCluster.Patience);
        var d = await cluster.AddAsync();
        await cluster.ServingAsync(a, b, d);
        var replica = TestCheckpoint.Of(here.Incarnation);
        await replica.FullOnAsync(d);
        await Application.PatientlyAsync(() => here.OverwriteAsync(Section(0), Bytes("after the heal")));

        var content = await replica.ContentAsync(a);
        Assert.Equal(["after the heal", "majority 49", "majority 47"], content.Take(3).Select(section => section.Content));
        Assert.Equal(4, content.Count);
        foreach (var host in new[] { b, d })
            Assert.Equal(content, await replica.ContentAsync(host));
    }

    [Fact(DisplayName = "Retention runs out at hosts that never had the opener, whose host died: not before its time, and then everywhere")]
    public async Task Retention_after_the_openers_host_died()
    {
        var retention = TimeSpan.FromSeconds(4);
        await using var cluster = await TestCluster.StartAsync(3, "checkpoint.entity.reattach-grace = 1s");
        var (a, b, c) = (cluster.Hosts[0], cluster.Hosts[1], cluster.Hosts[2]);
        await using var opener = await Application.AtAsync(a);
        await using var other = await Application.AtAsync(b);
        var name = Name("retained");
        var handle = await opener.OpenAsync(name, Attributes(retention: retention));
        await handle.CreateSectionAsync(Section(1), Bytes("kept for a while"));
        var replica = TestCheckpoint.Of(handle.Incarnation);

        var killed = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(opener.KillAsync(), a.KillAsync());
        await replica.GoneFromAsync(b, c);
        var lived = TimeProvider.System.GetElapsedTime(killed);

        output.WriteLine($"gone {lived} after the kill");
        Assert.True(lived >= retention, $"gone {lived} after the kill, before its retention of {retention}");
        Assert.Null(await Application.PatientlyAsync(() => other.Client.TryOpenAsync(name)));
    }

    [Fact(DisplayName = "A joining host is filled while writes go on, then counts as a replica: with the first host dead it has every acknowledged write")]
    public async Task Joins_under_load()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (a, b) = (cluster.Hosts[0], cluster.Hosts[1]);
        await using var writer = await Application.AtAsync(b);
        await using var creator = await Application.AtAsync(a);
        var name = Name("joined");
        await using var created = await creator.OpenAsync(name, Attributes());
        await using var handle = await writer.OpenAsync(name);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(index => handle.CreateSectionAsync(Section(index), new byte[4_000]).AsTask()));

        using var stop = new CancellationTokenSource();
        var last = new int[500];
        var writing = WriteNumbersAsync(handle, last, stop.Token);
        var c = await cluster.AddAsync();
        await cluster.ServingAsync(a, b, c);
        var replica = TestCheckpoint.Of(handle.Incarnation);
        await replica.FullOnAsync(c);
        await stop.CancelAsync();
        output.WriteLine($"{await writing} writes while it joined");
        await a.KillAsync();
        await cluster.ServingAsync(b, c);

        await using var reader = await Application.AtAsync(c);
        await using var there = await reader.OpenAsync(name);
        for (var index = 0; index < last.Length; index++)
            Assert.Equal(last[index], BitConverter.ToInt32((await Application.PatientlyAsync(() => there.ReadAsync(Section(index), 100, 4))).Span));
        Assert.Equal(await replica.ContentAsync(b), await replica.ContentAsync(c));
    }

    [Fact(DisplayName = "Sections expire although their orderer's host died in between; those with a later time stay")]
    public async Task Expiry_after_the_orderer_died()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (a, b, c) = (cluster.Hosts[0], cluster.Hosts[1], cluster.Hosts[2]);
        await using var creator = await Application.AtAsync(a);
        await using var other = await Application.AtAsync(b);
        var name = Name("expiring");
        await using var created = await creator.OpenAsync(name, Attributes());
        await using var handle = await other.OpenAsync(name);
        var due = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(4);
        for (var index = 0; index < 20; index++)
            await handle.CreateSectionAsync(Section(index), Bytes("x"), index < 10 ? due : index < 15 ? due + TimeSpan.FromHours(1) : null);

        await a.KillAsync();
        await cluster.ServingAsync(b, c);

        var replica = TestCheckpoint.Of(handle.Incarnation);
        await Eventually.TrueAsync("ten sections expired at B and C", async () =>
            (await replica.StatusAsync(b))!.Sections == 10 && (await replica.StatusAsync(c))!.Sections == 10);
        Assert.True(TimeProvider.System.GetUtcNow() >= due, "they expired before their time");
        var left = Enumerable.Range(10, 10).Select(Section).OrderBy(id => id.ToString(), StringComparer.Ordinal);
        Assert.Equal(left, await replica.SectionsAsync(b));
        Assert.Equal(AisStatus.NotExist, await Application.StatusOfAsync(async () => await handle.ReadAsync(Section(0))));
    }

    /// <summary>Writes as long as the application is at this host. What was acknowledged while it was there came from there.</summary>
    private static async Task<(int Attempts, int Acknowledged)> WriteWhileAtAsync(Application application, CheckpointHandle handle, string host)
    {
        var (attempts, acknowledged) = (0, 0);
        for (; application.Client.HostName == host; attempts++)
        {
            var status = await Application.StatusOfAsync(() => handle.OverwriteAsync(Section(3), Bytes($"minority {attempts}")));
            if (status == AisStatus.Ok && application.Client.HostName == host)
                acknowledged++;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        return (attempts, acknowledged);
    }

    private static async Task<int> WriteNumbersAsync(CheckpointHandle handle, int[] last, CancellationToken stop)
    {
        var written = 0;
        while (!stop.IsCancellationRequested)
        {
            var next = ++written;
            await Application.PatientlyAsync(() => handle.WriteAsync(Section(next % last.Length), 100, BitConverter.GetBytes(next)));
            last[next % last.Length] = next;
        }

        return written;
    }
}
