using System.Collections.Concurrent;
using Checkpoint.Client;
using Checkpoint.Host.Lifecycle;
using Checkpoint.Protocol;
using Checkpoint.Tests.Cluster;

namespace Checkpoint.Tests.Processes;

/// <summary>What the service is for, on real hosts with a real client.</summary>
[Collection(ProcessSpecs.Name)]
public sealed class FailoverSpecs
{
    private const int Slots = 1_000;
    private const int Outstanding = 8;

    /// <summary>Places behind the slots: what is told of the first says that the tracking is on, of the last that everything was told.</summary>
    private const int FirstMark = Slots, LastMark = Slots + 1;

    private static readonly CheckpointName Name = new("safCkpt=failover");
    private static readonly CreationAttributes Attributes = new(
        CreationFlags.WriteAllReplicas, (Slots + 2) * 8, AisTime.FromTimeSpan(TimeSpan.FromMinutes(10)), 1, (Slots + 2) * 8, 0);

    [Fact(DisplayName = "What is written through one host is read through the others")]
    public async Task Write_here_read_there()
    {
        await using var cluster = HostCluster.Of(3);
        var hosts = await cluster.StartAllAsync();
        await using var writer = await ConnectAsync(hosts[0]);
        await using var written = await OpenAsync(writer, Attributes);
        await written.WriteAsync(SectionId.Default, 3, "here"u8.ToArray());

        foreach (var host in hosts.Skip(1))
        {
            await using var application = await Application.AtAsync(host);
            var reader = application.Client;
            await using var read = await OpenAsync(reader);
            Assert.Equal(host.Name, reader.HostName);
            Assert.Equal("\0\0\0here"u8.ToArray(), (await read.ReadAsync(SectionId.Default)).ToArray());
        }

        HostLogs.AssertGood(cluster);
    }

    [Fact(DisplayName = "SIGKILL of the orderer's host in the middle of 1,000 writes: every acknowledged one is there and was told, none was done twice")]
    public async Task Kill_the_orderer()
    {
        await using var cluster = HostCluster.Of(3);
        var hosts = await cluster.StartAllAsync();
        await using var writer = await ConnectAsync(hosts);
        await using var written = await OpenAsync(writer, Attributes);
        var victim = hosts.Single(host => host.Name == writer.HostName); // The creator's host orders.
        var others = hosts.Where(host => host != victim).ToArray();
        await using var watcher = await ConnectAsync(others);
        await using var watched = await OpenAsync(watcher);
        using var watching = new CancellationTokenSource();
        var told = new ConcurrentQueue<CheckpointChange>();
        var watch = WatchAsync(watched, told, watching.Token);
        await MarkAsync(written, FirstMark, told);

        var (acknowledged, failures) = await WriteAllAsync(written, atHalf: victim.Kill);

        Assert.Equal(137, await victim.ExitCodeAsync());
        Assert.All(failures.Values, failure => Assert.True(failure.Status is AisStatus.Timeout or AisStatus.TryAgain or AisStatus.Unavailable, failure.ToString()));
        Assert.InRange(failures.Count, 0, Slots / 4);
        byte[]? first = null;
        foreach (var host in others)
        {
            await using var client = await ConnectAsync(host);
            await using var read = await OpenAsync(client);
            var content = (await read.ReadAsync(SectionId.Default)).ToArray();
            Assert.DoesNotContain(acknowledged, slot => BitConverter.ToInt64(content, slot * 8) != slot + 1);
            Assert.Equal(first ??= content, content);
        }

        await MarkAsync(written, LastMark, told);
        await watching.CancelAsync();
        await watch;
        var slots = told.Where(change => !change.IsGap && change.Offset < Slots * 8).Select(change => (int)(change.Offset / 8)).ToList();
        Assert.Equal(slots.Distinct().Count(), slots.Count);
        if (!told.Any(change => change.IsGap)) // A gap says itself that something was not told.
            Assert.Empty(acknowledged.Except(slots));
    }

    [Fact(DisplayName = "SIGTERM of the orderer's host under load: it leaves with exit code 0 and no call of the client fails")]
    public async Task Leave_under_load()
    {
        await using var cluster = HostCluster.Of(3);
        var hosts = await cluster.StartAllAsync();
        await using var writer = await ConnectAsync(hosts);
        await using var written = await OpenAsync(writer, Attributes);
        var leaver = hosts.Single(host => host.Name == writer.HostName);

        var (acknowledged, failures) = await WriteAllAsync(written, atHalf: leaver.Term);

        Assert.True(await leaver.ExitCodeAsync() == ExitCode.Left, leaver.Tail());
        Assert.Empty(failures.Select(failure => $"{failure.Key}: {failure.Value.Message}"));
        Assert.Equal(Slots, acknowledged.Count);
        HostLogs.AssertGood(cluster);
    }

    private static async Task<CheckpointClient> ConnectAsync(params IEnumerable<HostUnderTest> hosts) =>
        await CheckpointClient.ConnectAsync(new CheckpointClientOptions { ContactPoints = [.. hosts.Select(host => host.Address)] });

    private static async Task<CheckpointHandle> OpenAsync(CheckpointClient client, CreationAttributes? create = null) =>
        await client.OpenAsync(Name, OpenFlags.Read | OpenFlags.Write | (create is null ? 0 : OpenFlags.Create), create);

    /// <summary>Writes each slot's number into it, a few calls at a time.</summary>
    private static async Task<(ConcurrentBag<int> Acknowledged, ConcurrentDictionary<int, CheckpointException> Failures)> WriteAllAsync(
        CheckpointHandle handle, Action atHalf)
    {
        var acknowledged = new ConcurrentBag<int>();
        var failures = new ConcurrentDictionary<int, CheckpointException>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Slots), new ParallelOptions { MaxDegreeOfParallelism = Outstanding }, async (slot, cancel) =>
        {
            if (slot == Slots / 2)
                atHalf();
            try
            {
                await handle.WriteAsync(SectionId.Default, slot * 8, BitConverter.GetBytes(slot + 1L), cancel);
                acknowledged.Add(slot);
            }
            catch (CheckpointException e)
            {
                failures[slot] = e;
            }
        });
        return (acknowledged, failures);
    }

    /// <summary>Writes a place behind the slots until a tracker has been told of it. Changes are told in their order.</summary>
    private static Task MarkAsync(CheckpointHandle handle, int place, ConcurrentQueue<CheckpointChange> told) => Eventually.TrueAsync(
        $"the tracker is told of place {place}",
        async () =>
        {
            await handle.WriteAsync(SectionId.Default, place * 8, new byte[8]);
            return told.Any(change => change.Offset == place * 8);
        });

    private static async Task WatchAsync(CheckpointHandle handle, ConcurrentQueue<CheckpointChange> told, CancellationToken cancel)
    {
        try
        {
            await foreach (var change in handle.ChangesAsync(cancel))
                told.Enqueue(change);
        }
        catch (OperationCanceledException)
        {
            // The test has seen enough.
        }
    }
}
