using System.Collections;
using Akka.Actor;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Actors.Map.MapCluster;

namespace Checkpoint.Tests.Actors.Map;

/// <summary>One checkpoint's pages that the map cannot take cost that checkpoint's share of the map.</summary>
public sealed class SectionMapFaultTests
{
    private static readonly IncarnationId Bad = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly IncarnationId Good = new(new Guid(2, 0, 0, new byte[8]));

    [Fact(DisplayName = "Pages that cannot be taken leave their incarnation out of the map until it goes; the map lives, and takes all others")]
    public async Task Left_out()
    {
        await using var cluster = await StartAsync(1, new BucketPool(1));
        var map = cluster.Maps[0];
        map.Tell(Changed(Bad, 1, ("s", [1])));
        map.Tell(Changed(Bad, 2, ("s", [2])) with { Pages = new Unreadable() });
        map.Tell(Changed(Bad, 3, ("s", [3])));
        map.Tell(Changed(Good, 1, ("t", [1])));

        await cluster.UntilAsync("the other one is there", async () => await StampAsync(cluster, Good) == 1);
        Assert.Null(await StampAsync(cluster, Bad));

        map.Tell(new SectionMapProtocol.Dropped(Bad));
        map.Tell(Changed(Bad, 4, ("s", [4])));
        await cluster.UntilAsync("made anew it is taken", async () => await StampAsync(cluster, Bad) == 4);
    }

    [Fact(DisplayName = "What a table took of the map's accounts is given back whole, though the table broke off before it knew of it")]
    public void Accounts()
    {
        var capacity = new MapCapacity(new BucketPool(64));
        var attributes = new CreationAttributes(CreationFlags.WriteAllReplicas, 1 << 20, 0, 64, 1 << 20, 64);
        var share = new MapShare(capacity, Good, attributes);
        share.Changed(new SectionId("a"), MapShare.Absent, 100_000);
        share.Changed(new SectionId("a"), 100_000, 40_000);
        Assert.InRange(capacity.UsedBytes, 40_000, 50_000);

        share.Release();

        Assert.Equal(0, capacity.UsedBytes);
    }

    private static async Task<long?> StampAsync(MapCluster cluster, IncarnationId incarnation) =>
        (await cluster.BucketsAsync(0)).Values.Select(bucket => bucket.Parts.GetValueOrDefault(incarnation)?.Stamp).Max();

    private sealed class Unreadable : IReadOnlyList<SectionMapProtocol.PageChange>
    {
        public int Count => 1;

        public SectionMapProtocol.PageChange this[int index] => throw new NotFiniteNumberException("the test throws");

        public IEnumerator<SectionMapProtocol.PageChange> GetEnumerator() => throw new NotFiniteNumberException("the test throws");

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
