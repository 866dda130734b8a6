using Checkpoint.Client;
using Checkpoint.Host.Lifecycle;
using Checkpoint.Protocol;
using Checkpoint.Tests.Cli;
using Checkpoint.Tests.Cluster;
using Xunit.Abstractions;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Processes;

/// <summary>What applications see of the service while its processes die and leave.</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class ServiceProcessSpecs(ITestOutputHelper output)
{
    [Fact(DisplayName = "The orderer's host is killed in the middle of 1,000 writes by two applications: every acknowledged one is there, and none twice")]
    public async Task Orderer_killed()
    {
        const int writes = 1_000;
        var killAt = Seed.Printed(output).Next(writes / 5, writes * 4 / 5);
        await using var cluster = HostCluster.Of(3);
        var hosts = await cluster.StartAllAsync();
        await using var atVictim = await Application.AtAsync(hosts[0]);
        await using var elsewhere = await Application.AtAsync(hosts[1]);
        var name = Name("killed");
        await using var creator = await atVictim.OpenAsync(name, Attributes());
        await using var other = await elsewhere.OpenAsync(name);
        Assert.Equal(hosts[0].Name, await new Administrator(cluster.SocketPath(2)).OrdererAsync(name));
        var numbers = new NumberedWrites(writes, acknowledged =>
        {
            if (acknowledged == killAt)
                hosts[0].Kill();
        });

        await Task.WhenAll(numbers.RunAsync(creator, lanes: 4), numbers.RunAsync(other, lanes: 4));

        output.WriteLine($"killed at {killAt}: {numbers}");
        Assert.Equal(137, await hosts[0].ExitCodeAsync());
        await using var witness = await Application.AtAsync(hosts[2]);
        await using var third = await witness.OpenAsync(name);
        foreach (var handle in new[] { creator, other, third })
            numbers.AssertIn(await Application.PatientlyAsync(() => new ValueTask<IReadOnlyList<int>>(NumberedWrites.ReadAsync(handle))));
    }

    [Fact(DisplayName = "The orderer's host leaves on SIGTERM under load: no call of any application ends in an error, and nothing is lost")]
    public async Task Leave_under_load()
    {
        await using var cluster = HostCluster.Of(3);
        var hosts = await cluster.StartAllAsync();
        await using var atLeaver = await Application.AtAsync(hosts[0]);
        await using var elsewhere = await Application.AtAsync(hosts[1]);
        var name = Name("left");
        await using var creator = await atLeaver.OpenAsync(name, Attributes());
        await using var other = await elsewhere.OpenAsync(name);
        for (var section = 0; section < 8; section++)
            await creator.CreateSectionAsync(Section(section), new byte[8]);

        using var stop = new CancellationTokenSource();
        var begun = new CountdownEvent(8);
        var loads = Enumerable.Range(0, 8).Select(lane => LoadAsync(lane < 4 ? creator : other, Section(lane), begun, stop.Token)).ToList();
        Assert.True(await Task.Run(() => begun.Wait(HostUnderTest.Patience)), "the load has not begun");
        hosts[0].Term();
        Assert.True(await hosts[0].ExitCodeAsync() == ExitCode.Left, hosts[0].Tail());
        await Application.PatientlyAsync(() => creator.WriteAsync(Section(0), 8, Bytes("after")));
        await stop.CancelAsync();
        var rounds = await Task.WhenAll(loads);

        output.WriteLine($"rounds of each lane: {string.Join(", ", rounds)}");
        Assert.NotEqual(hosts[0].Name, atLeaver.Client.HostName);
        for (var lane = 0; lane < 8; lane++)
            Assert.Equal(rounds[lane], BitConverter.ToInt64((await other.ReadAsync(Section(lane), 0, 8)).Span));
        HostLogs.AssertGood(cluster);
    }

    [Theory(DisplayName = "After all hosts stopped and started again no checkpoint is there: opened it is NOT_EXIST, created it is new and empty")]
    [InlineData(Signal.Term)]
    [InlineData(Signal.Kill)]
    public async Task Whole_stop(Signal signal)
    {
        await using var cluster = HostCluster.Of(2);
        var before = await cluster.StartAllAsync();
        var name = Name("ghost");
        await using var application = await Application.AtAsync([.. before.Select(host => host.Address)]);
        var old = await application.OpenAsync(name, Attributes());
        await old.CreateSectionAsync(Section(1), Bytes("of the first life"));

        foreach (var host in before)
            Signals.Send(host.Pid, signal);
        await Task.WhenAll(before.Select(host => host.ExitCodeAsync()));
        var after = await cluster.StartAllAsync();

        await using var later = await Application.AtAsync([.. after.Select(host => host.Address)]);
        Assert.Null(await Application.PatientlyAsync(() => later.Client.TryOpenAsync(name)));
        await using var anew = await later.OpenAsync(name, Attributes());
        Assert.NotEqual(old.Incarnation, anew.Incarnation);
        Assert.Equal(0, (await anew.GetStatusAsync()).SectionCount);
        for (var index = 0; index < 2; index++)
            Assert.Equal([name.ToString()], await new Administrator(cluster.SocketPath(index)).NamesAsync());
        Assert.Equal(AisStatus.BadHandle, await Application.StatusOfAsync(async () => await Application.PatientlyAsync(() => old.ReadAsync(Section(1)))));
    }

    [Fact(DisplayName = "A client process that is killed has closed all that it had open: its checkpoint with retention 0 is gone")]
    public async Task Client_process_killed()
    {
        await using var cluster = HostCluster.Of(2);
        var hosts = await cluster.StartAllAsync();
        await using var application = await Application.AtAsync(hosts[0]);
        var name = Name("watched");
        var handle = await application.OpenAsync(name, Attributes(retention: TimeSpan.Zero));
        var operators = new[] { new Administrator(cluster.SocketPath(0)), new Administrator(cluster.SocketPath(1)) };

        await using var watcher = CliProcess.StartBuilt("watch", name.ToString(), "--socket", cluster.SocketPath(1));
        await Eventually.TrueAsync("the watcher has it open", async () => await operators[0].OpenersAsync(name) == 2);
        await handle.CloseAsync();
        Assert.Equal(1, await operators[0].OpenersAsync(name));
        Signals.Send(watcher.Pid, Signal.Kill);

        foreach (var seen in operators)
            await Eventually.TrueAsync("it is gone", async () => (await seen.NamesAsync()).Count == 0);
        Assert.Null(await application.Client.TryOpenAsync(name));
    }

    /// <summary>Writes the number of its round, reads it back, asks for the status, makes and deletes a section. Any error ends it.</summary>
    /// <returns>The last number written.</returns>
    private static async Task<long> LoadAsync(CheckpointHandle handle, SectionId section, CountdownEvent begun, CancellationToken stop)
    {
        for (var round = 1L; ; round++)
        {
            await handle.WriteAsync(section, 0, BitConverter.GetBytes(round));
            Assert.Equal(round, BitConverter.ToInt64((await handle.ReadAsync(section, 0, 8)).Span));
            if (round % 8 == 0)
            {
                await handle.GetStatusAsync();
                await handle.DeleteSectionAsync(await handle.CreateSectionAsync(default, Bytes("passing")));
            }

            if (round == 20)
                begun.Signal();
            if (stop.IsCancellationRequested && round >= 20)
                return round;
        }
    }
}
