namespace Checkpoint.Tests.Cluster;

/// <summary>
/// Three hosts and an application at each, for all specs that break nothing: a cluster's start is the dearest part of them.
/// </summary>
public sealed class SharedCluster : IAsyncLifetime
{
    private TestCluster? _cluster;

    public IReadOnlyList<TestHost> Hosts => _cluster!.Hosts;

    public Application A { get; private set; } = null!;

    public Application B { get; private set; } = null!;

    public Application C { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(3, machine: TestCluster.Unshakable);
        A = await Application.AtAsync(Hosts[0]);
        B = await Application.AtAsync(Hosts[1]);
        C = await Application.AtAsync(Hosts[2]);
    }

    public async Task DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
        await C.DisposeAsync();
        await _cluster!.DisposeAsync();
    }
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SharedClusterCollection : ICollectionFixture<SharedCluster>
{
    public const string Name = "Shared cluster";
}
