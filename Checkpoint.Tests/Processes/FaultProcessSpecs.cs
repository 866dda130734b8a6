using Checkpoint.Client;
using Checkpoint.Protocol;
using Checkpoint.Tests.Cli;
using Checkpoint.Tests.Cluster;
using static Checkpoint.Tests.Cluster.Samples;
using CliExitCode = Checkpoint.Cli.ExitCode;

namespace Checkpoint.Tests.Processes;

/// <summary>
/// The faults of a running host, each switched on over its local socket (or by SIGHUP), seen from outside, and switched off again: then
/// the same hosts serve on. The checkpoints are ordered at node1, the faults are node2's unless said otherwise.
/// </summary>
[Collection(ProcessSpecs.Name)]
public sealed class FaultProcessSpecs(FaultyHosts hosts) : IClassFixture<FaultyHosts>, IAsyncLifetime
{
    private Application _atFirst = null!;
    private Application _atSecond = null!;
    private CheckpointHandle _first = null!;
    private CheckpointHandle _second = null!;

    public async Task InitializeAsync()
    {
        _atFirst = await Application.AtAsync(hosts.Hosts[0]);
        _atSecond = await Application.AtAsync(hosts.Hosts[1]);
        var name = Name("faulty");
        _first = await _atFirst.OpenAsync(name, Attributes());
        _second = await _atSecond.OpenAsync(name);
        await Application.PatientlyAsync(() => new ValueTask(_first.CreateSectionAsync(Section(1), Bytes("12345678")).AsTask()));
    }

    public async Task DisposeAsync()
    {
        for (var index = 0; index < 2; index++)
            await hosts.Operators[index].InjectAsync("none");
        await _atFirst.DisposeAsync();
        await _atSecond.DisposeAsync();
    }

    [Fact(DisplayName = "stall: a synchronous write takes as long as its replica's messages wait, and no longer afterwards")]
    public async Task Stall()
    {
        var stall = TimeSpan.FromMilliseconds(300); // Below the lease (500 ms), so that the service goes on.
        await hosts.Operators[1].InjectAsync("stall", "300");

        for (var round = 0; round < 3; round++)
            Assert.True(await WriteTimeAsync(_first) >= stall);

        await hosts.Operators[1].InjectAsync("stall", "0");
        await Eventually.TrueAsync("a write takes less than the stall", async () => await WriteTimeAsync(_first) < stall);
        await AssertServesAsync();
    }

    [Fact(DisplayName = "drop: with a quarter of the messages lost every acknowledged write is there and none twice; with all lost none is acknowledged")]
    public async Task Drop()
    {
        await hosts.Operators[1].InjectAsync("drop", "0.25");
        var numbers = new NumberedWrites(60, _ => { });
        await numbers.RunAsync(_first, lanes: 8);
        await hosts.Operators[1].InjectAsync("drop", "0");
        await Application.PatientlyAsync(() => _first.DeleteSectionAsync(Section(1)));
        numbers.AssertIn(await Application.PatientlyAsync(() => new ValueTask<IReadOnlyList<int>>(NumberedWrites.ReadAsync(_second))));

        await hosts.Operators[1].InjectAsync("drop", "1");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var unacknowledged = await Assert.ThrowsAnyAsync<Exception>(() => _first.CreateSectionAsync(Section(1), Bytes("12345678"), cancel: patience.Token).AsTask());
        Assert.True(
            unacknowledged is OperationCanceledException or CheckpointException { Status: AisStatus.TryAgain or AisStatus.Timeout }, unacknowledged.ToString());

        await hosts.Operators[1].InjectAsync("drop", "0");
        await AssertServesAsync();
    }

    [Fact(DisplayName = "clock-offset: a section expires everywhere by its orderer's clock, an hour early; set right again, it lives on")]
    public async Task Clock_offset()
    {
        var inHalfAnHour = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(30);
        await Application.PatientlyAsync(() => new ValueTask(_first.CreateSectionAsync(Section(2), Bytes("brief"), inHalfAnHour).AsTask()));
        Assert.Equal("brief", Text(await Application.PatientlyAsync(() => _second.ReadAsync(Section(2)))));

        await hosts.Operators[0].InjectAsync("clock-offset", "3600000");
        foreach (var handle in new[] { _first, _second })
            await Eventually.TrueAsync("it has expired", async () => await ReadStatusAsync(handle, 2) == AisStatus.NotExist);
        Assert.Equal(AisStatus.Ok, await ReadStatusAsync(_second, 1)); // It has no expiration time.

        await hosts.Operators[0].InjectAsync("clock-offset", "0");
        await Application.PatientlyAsync(() => new ValueTask(_first.CreateSectionAsync(Section(2), Bytes("again"), inHalfAnHour).AsTask()));
        await AssertServesAsync();
        Assert.Equal(AisStatus.Ok, await ReadStatusAsync(_second, 2));
    }

    [Fact(DisplayName = "no-memory: nothing is created or lengthened through any host, also from the command line; what fits goes on")]
    public async Task No_memory()
    {
        var name = Name("put").ToString();
        await hosts.Operators[1].InjectAsync("no-memory", "on");
        await Eventually.TrueAsync("the orderer's host has heard", async () => await LengthenAsync(_first) == AisStatus.NoMemory);

        Assert.Equal(AisStatus.NoMemory, await LengthenAsync(_second));
        await Application.PatientlyAsync(() => _second.WriteAsync(Section(1), 0, Bytes("abcd")));
        for (var index = 0; index < 2; index++)
        {
            var refused = await PutAsync(index, name);
            Assert.Equal(CliExitCode.Refused, refused.ExitCode);
            Assert.Contains("SA_AIS_ERR_NO_MEMORY", refused.Error);
        }

        await hosts.Operators[1].InjectAsync("no-memory", "off");
        await Eventually.TrueAsync("it grows again", async () => await LengthenAsync(_first) == AisStatus.Ok);
        Assert.Equal(CliExitCode.Ok, (await PutAsync(1, name)).ExitCode);
        await AssertServesAsync();
    }

    [Fact(DisplayName = "SIGHUP: faults.conf is read and applied, a bad one changes nothing and says why, and without the file there is no fault")]
    public async Task Reload()
    {
        var (host, file) = (hosts.Hosts[0], Path.Combine(hosts.Cluster.DataDirectory(0), "faults.conf"));
        await File.WriteAllTextAsync(file, "no-memory = on\n");
        host.Hup();
        await host.LineAsync("line about the fault", line => line.Contains("faults now:") && line.Contains("NoMemory = True"));
        Assert.Equal(AisStatus.NoMemory, await LengthenAsync(_first));

        await File.WriteAllTextAsync(file, "no-memory = off\nstall = soon\nenabled = on\n");
        host.Hup();
        var refusal = await host.LineAsync("refusal", line => line.Contains("faults.conf is refused:"));
        Assert.Contains("enabled is not a fault", refusal);
        Assert.Contains("faults.stall", refusal);
        Assert.Equal(AisStatus.NoMemory, await LengthenAsync(_first));

        File.Delete(file);
        host.Hup();
        await host.LineAsync("line about no fault", line => line.Contains("faults now:") && line.Contains("NoMemory = False"));
        await Eventually.TrueAsync("it grows again", async () => await LengthenAsync(_first) == AisStatus.Ok);
        await AssertServesAsync();
    }

    /// <summary>Both hosts write, each reads what the other wrote, and nobody was left out.</summary>
    private async Task AssertServesAsync()
    {
        foreach (var (writer, reader, section) in new[] { (_first, _second, Section(101)), (_second, _first, Section(102)) })
        {
            await Application.PatientlyAsync(() => new ValueTask(writer.CreateSectionAsync(section, Bytes("served")).AsTask()));
            Assert.Equal("served", Text(await Application.PatientlyAsync(() => reader.ReadAsync(section))));
        }

        Assert.Equal([hosts.Hosts[0].Name, hosts.Hosts[1].Name], new[] { _atFirst, _atSecond }.Select(application => application.Client.HostName));
    }

    /// <summary>How long one write took from its call to its acknowledgement.</summary>
    private static Task<TimeSpan> WriteTimeAsync(CheckpointHandle handle) => Application.PatientlyAsync(async () =>
    {
        var began = TimeProvider.System.GetTimestamp();
        await handle.WriteAsync(Section(1), 0, Bytes("slow"));
        return TimeProvider.System.GetElapsedTime(began);
    });

    private static async Task<AisStatus> ReadStatusAsync(CheckpointHandle handle, int section) =>
        await Application.StatusOfAsync(async () => await Application.PatientlyAsync(() => handle.ReadAsync(Section(section))));

    /// <summary>One byte more.</summary>
    private static async Task<AisStatus> LengthenAsync(CheckpointHandle handle)
    {
        var size = (await Application.PatientlyAsync(() => handle.ReadAsync(Section(1)))).Length;
        return await Application.StatusOfAsync(async () => await Application.PatientlyAsync(() => handle.WriteAsync(Section(1), size, Bytes("+"))));
    }

    private Task<CliRun> PutAsync(int index, string name) =>
        CliRun.OfAsync("put", name, "s", "--text", "hello", "--timeout", "30s", "--socket", hosts.Cluster.SocketPath(index));
}

/// <summary>Two hosts that take faults. Silence counts late: no fault here is to cost a host its place.</summary>
public sealed class FaultyHosts : IAsyncLifetime
{
    public HostCluster Cluster { get; } = HostCluster.Of(2);

    public IReadOnlyList<HostUnderTest> Hosts { get; private set; } = [];

    public IReadOnlyList<Administrator> Operators { get; private set; } = [];

    public async Task InitializeAsync()
    {
        Cluster.Settings.Clear();
        Cluster.Settings.AddRange(["checkpoint.replication.detection=10s", "checkpoint.faults.enabled=on"]);
        Hosts = await Cluster.StartAllAsync();
        Operators = [.. Hosts.Select((_, index) => new Administrator(Cluster.SocketPath(index)))];
    }

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
