using Checkpoint.Client;
using Checkpoint.Protocol;
using Checkpoint.Tests.Cluster;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Processes;

/// <summary>An update that throws when it is applied, on real hosts: they live, stay in the view and serve everything else.</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class SetAsideSpecs : IAsyncLifetime
{
    private readonly HostCluster _cluster = HostCluster.Of(3);
    private IReadOnlyList<HostUnderTest> _hosts = [];
    private IReadOnlyList<Administrator> _operators = [];

    public async Task InitializeAsync()
    {
        _cluster.Settings.Add("checkpoint.faults.enabled=on");
        _hosts = await _cluster.StartAllAsync();
        _operators = [.. _hosts.Select((_, index) => new Administrator(_cluster.SocketPath(index)))];
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(DisplayName = "An update that no host can apply: LIBRARY for its checkpoint at every host, another one's writes go on, and the name can be closed, unlinked and made again; one host alone: nobody notices")]
    public async Task Hosts_live()
    {
        await using var first = await Application.AtAsync(_hosts[0]);
        await using var second = await Application.AtAsync(_hosts[1]);
        var (poisoned, alone, other) = (await FilledAsync(first, "poisoned"), await FilledAsync(first, "alone"), await FilledAsync(first, "other"));
        await using var elsewhere = await second.OpenAsync(poisoned.Name);
        using var done = new CancellationTokenSource();
        var writing = WriteAsync(other, done.Token);

        await AlwaysThrowAsync(poisoned.Name, 0, 1, 2);
        Assert.Equal(AisStatus.Library, await Application.PatientStatusOfAsync(() => elsewhere.OverwriteAsync(Section(1), Bytes("bad"))));
        await AlwaysThrowAsync(null, 0, 1, 2);

        foreach (var handle in new[] { poisoned, elsewhere })
        {
            Assert.Equal(AisStatus.Library, await Application.PatientStatusOfAsync(async () => await handle.ReadAsync(Section(1))));
            Assert.Equal(AisStatus.Library, await Application.PatientStatusOfAsync(() => handle.WriteAsync(Section(1), 0, Bytes("x"))));
            Assert.Equal(AisStatus.Library, await Application.PatientStatusOfAsync(async () => await handle.GetStatusAsync()));
            Assert.Equal(AisStatus.Library, await Application.PatientStatusOfAsync(async () =>
            {
                await foreach (var section in handle.SectionsAsync())
                    Assert.Fail($"{section} of content that nobody has");
            }));
            Assert.Equal(AisStatus.BadOperation, await Application.PatientStatusOfAsync(() => handle.SynchronizeAsync())); // Of a synchronous one, as ever.
        }

        foreach (var administrator in _operators)
            Assert.Equal([poisoned.Name.ToString()], await administrator.SetAsideAsync());

        await AlwaysThrowAsync(alone.Name, 0); // Its orderer.
        await Application.PatientlyAsync(() => alone.OverwriteAsync(Section(1), Bytes("held")));
        await AlwaysThrowAsync(null, 0);
        await using var aloneElsewhere = await second.OpenAsync(alone.Name);
        foreach (var handle in new[] { alone, aloneElsewhere })
            Assert.Equal("held", Text(await Application.PatientlyAsync(() => handle.ReadAsync(Section(1)))));

        await poisoned.CloseAsync();
        await elsewhere.CloseAsync();
        await first.Client.UnlinkAsync(poisoned.Name);
        await using var again = await second.OpenAsync(poisoned.Name, Attributes());
        await Application.PatientlyAsync(() => new ValueTask(again.CreateSectionAsync(Section(1), Bytes("new")).AsTask()));
        Assert.Equal("new", Text(await again.ReadAsync(Section(1))));

        await done.CancelAsync();
        Assert.True(await writing > 10);
        foreach (var administrator in _operators)
            Assert.Equal(3, await administrator.HostsInViewAsync());
        Assert.All(_hosts, host => Assert.Single(host.Log, line => line.Contains($"{poisoned.Name}, incarnation {poisoned.Incarnation}, is set aside here at update")));
    }

    private static async Task<CheckpointHandle> FilledAsync(Application application, string name)
    {
        var handle = await application.OpenAsync(Name(name), Attributes());
        await Application.PatientlyAsync(() => new ValueTask(handle.CreateSectionAsync(Section(1), Bytes("good")).AsTask()));
        return handle;
    }

    /// <param name="name">Null: not any more.</param>
    private async Task AlwaysThrowAsync(CheckpointName? name, params int[] hosts)
    {
        foreach (var host in hosts)
            await _operators[host].InjectAsync(name is null ? "none" : "throw", name is null ? "" : $"apply {name}");
    }

    /// <summary>Synchronous writes, one after the other, none of which may fail.</summary>
    private static async Task<int> WriteAsync(CheckpointHandle handle, CancellationToken done)
    {
        var count = 0;
        for (; !done.IsCancellationRequested; count++)
            await Application.PatientlyAsync(() => handle.OverwriteAsync(Section(1), Bytes($"{count}")));
        return count;
    }
}
