using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.DistributedData;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Content;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Checkpoint.Tests.Actors.Map;

/// <summary>A few hosts in this process, joined as a cluster, each with the real Replicator under the settings of hocon/cluster.conf.</summary>
internal sealed class MapCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly List<ActorSystem> _systems;

    private MapCluster(List<ActorSystem> systems, BucketPool pool) => (_systems, Pool) = (systems, pool);

    public BucketPool Pool { get; }

    public IReadOnlyList<IActorRef> Maps { get; private set; } = [];

    public static Config SystemConfig() => ConfigurationFactory.ParseString("""
        akka {
          loglevel = WARNING
          remote.dot-netty.tcp.hostname = 127.0.0.1
          remote.dot-netty.tcp.port = 0
          cluster.distributed-data.gossip-interval = 200ms
        }
        """).WithFallback(CheckpointReference.Cluster()).WithFallback(CheckpointReference.Actors());

    public static async Task<MapCluster> StartAsync(int hosts, BucketPool pool)
    {
        var systems = Enumerable.Range(0, hosts).Select(_ => ActorSystem.Create("map", SystemConfig())).ToList();
        var seed = AkkaCluster.Get(systems[0]);
        foreach (var system in systems)
            await AkkaCluster.Get(system).JoinAsync(seed.SelfAddress);
        var cluster = new MapCluster(systems, pool);
        await cluster.UntilAsync(
            "every host is up", () => Task.FromResult(systems.All(system => AkkaCluster.Get(system).State.Members.Count(member => member.Status == MemberStatus.Up) == hosts)));
        cluster.Maps = [.. systems.Select(system => system.ActorOf(SectionMap.Props(
            DistributedData.Get(system).Replicator, pool, new SectionMapOptions { FlushInterval = TimeSpan.FromMilliseconds(20) }, TimeProvider.System)))];
        return cluster;
    }

    public void TellAll(object message)
    {
        foreach (var map in Maps)
            map.Tell(message);
    }

    /// <summary>What the Replicator of one host holds, by key.</summary>
    public async Task<IReadOnlyDictionary<string, Bucket>> BucketsAsync(int host)
    {
        var replicator = DistributedData.Get(_systems[host]).Replicator;
        var keys = await replicator.Ask<GetKeysIdsResult>(Dsl.GetKeyIds, Patience);
        Dictionary<string, Bucket> buckets = [];
        foreach (var id in keys.Keys.Where(id => id.StartsWith(BucketKey.Prefix, StringComparison.Ordinal)))
        {
            var found = await replicator.Ask<GetSuccess>(Dsl.Get(new BucketKey(id), ReadLocal.Instance), Patience);
            buckets[id] = found.Get(new BucketKey(id));
        }

        return buckets;
    }

    /// <summary>Keys and bytes of one host's map: equal texts are equal maps.</summary>
    public async Task<string> DescribeAsync(int host)
    {
        var held = MapExtension.Get(_systems[host]).Held;
        var buckets = await BucketsAsync(host);
        return string.Join('\n', buckets.OrderBy(bucket => bucket.Key, StringComparer.Ordinal)
            .Select(bucket => $"{bucket.Key} {Convert.ToHexString(BucketCodec.Encode(bucket.Value, held))}"));
    }

    /// <summary>A page of a section named by its content, for an update.</summary>
    public static SectionMapProtocol.PagesChanged Changed(IncarnationId incarnation, long sequence, params (string Section, byte[]? Bytes)[] pages) =>
        new(
            incarnation,
            new CreationAttributes(CreationFlags.WriteAllReplicas, 0, 0, 1000, 1000, 16),
            sequence,
            [.. pages.Select(page => new SectionMapProtocol.PageChange(
                new PageKey(new SectionId(page.Section), 0), page.Bytes is { } bytes ? bytes : default(ReadOnlyMemory<byte>?)))]);

    public async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            if (patience.IsCancellationRequested)
                throw new TimeoutException($"{what}: not within {Patience}");
            await Task.Delay(PollInterval, TimeProvider.System, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate();
    }
}
