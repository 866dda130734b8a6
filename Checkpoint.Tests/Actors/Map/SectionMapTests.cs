using Akka.Actor;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Actors.Map.MapCluster;

namespace Checkpoint.Tests.Actors.Map;

public sealed class SectionMapTests
{
    private static readonly IncarnationId First = Number(1);
    private static readonly IncarnationId Second = Number(2);

    [Fact(DisplayName = "Hosts that are ahead and behind hold the same bytes after gossip; what was dropped stays dropped while others still gossip it")]
    public async Task Gossip_converges_and_never_brings_back()
    {
        await using var cluster = await StartAsync(3, new BucketPool(1));
        var (a, b) = (cluster.Maps[0], cluster.Maps[1]);
        cluster.TellAll(Changed(First, 1, ("s1", [1]), ("s2", [1])));
        cluster.TellAll(Changed(Second, 1, ("t", [1])));
        a.Tell(Changed(First, 2, ("s1", [2]), ("s2", null)));

        await cluster.UntilAsync("all three hold update 2", async () => await StampsAsync(cluster, First) is [2, 2, 2]);
        Assert.Equal(await cluster.DescribeAsync(0), await cluster.DescribeAsync(1));
        Assert.Equal(await cluster.DescribeAsync(0), await cluster.DescribeAsync(2));

        a.Tell(new SectionMapProtocol.Dropped(First));
        await cluster.UntilAsync("it is gone at A", async () => await StampsAsync(cluster, First) is [null, 2, 2]);
        for (var sequence = 2; sequence <= 6; sequence++)
        {
            // B's bucket, which still has the first incarnation, must have reached A for A to have this stamp.
            b.Tell(Changed(Second, sequence, ("t", [(byte)sequence])));
            await cluster.UntilAsync($"A has update {sequence} by gossip", async () => (await StampsAsync(cluster, Second))[0] == sequence);
            Assert.Null((await StampsAsync(cluster, First))[0]);
        }

        cluster.TellAll(new SectionMapProtocol.Dropped(First));
        await cluster.UntilAsync("it is gone everywhere", async () => await StampsAsync(cluster, First) is [null, null, null]);
        await cluster.UntilAsync("all are equal", async () => await cluster.DescribeAsync(0) == await cluster.DescribeAsync(2)
            && await cluster.DescribeAsync(0) == await cluster.DescribeAsync(1));
    }

    [Fact(DisplayName = "A newcomer's first pages replace what gossip had brought of an older state, and it goes on from there")]
    public void First_message_is_whole()
    {
        var held = new HeldIncarnations();
        held.Add(First);
        var pool = new BucketPool(1);
        var byGossip = Flushed(Bucket.Empty(held), new PendingBuckets(pool), Changed(First, 3, ("old", [1]), ("both", [1])));
        var pending = new PendingBuckets(pool);

        var filled = Flushed(byGossip, pending, Changed(First, 7, ("both", [7])), Changed(First, 8, ("new", [8])));
        Assert.Equal("both 07, new 08 as of 8", Describe(filled));

        // The next flush: what is older than the part is in it already, what is newer is added.
        var ahead = Flushed(filled, new PendingBuckets(pool), Changed(First, 12, ("both", [12])));
        Assert.Equal("both 0C as of 12", Describe(ahead));
        Assert.Equal("both 0C, newest 0D as of 13", Describe(Flushed(ahead, pending, Changed(First, 9, ("new", [9])), Changed(First, 13, ("newest", [13])))));
    }

    [Fact(DisplayName = "A second fill after one that was thrown away leaves nothing of the first")]
    public void Second_fill()
    {
        var held = new HeldIncarnations();
        held.Add(First);
        var pending = new PendingBuckets(new BucketPool(1));
        var first = Flushed(Bucket.Empty(held), pending, Changed(First, 3, ("old", [1]), ("both", [1])));

        pending.Take(new SectionMapProtocol.Dropped(First));
        Assert.Equal("both 07 as of 7", Describe(Flushed(first, pending, Changed(First, 7, ("both", [7])))));
    }

    private static Bucket Flushed(Bucket bucket, PendingBuckets pending, params SectionMapProtocol.PagesChanged[] changes)
    {
        foreach (var change in changes)
            pending.Take(change);
        pending.Flush();
        Assert.True(pending.TryTake(out var index, out var taken));
        pending.Written(index);
        return bucket.With(taken);
    }

    private static string Describe(Bucket bucket) =>
        string.Join(", ", bucket.Parts[First].Pages.Select(page => $"{page.Key.Section} {Convert.ToHexString(page.Value.Span)}").Order())
        + $" as of {bucket.Parts[First].Stamp}";

    [Fact(DisplayName = "20,000 incarnations that came and went leave keys and values where they were")]
    public async Task Churn()
    {
        var pool = new BucketPool(64);
        await using var cluster = await StartAsync(2, pool);
        for (var number = 1; number <= 1000; number++)
            cluster.TellAll(Changed(Number(number), 1, ("s", [1, 2, 3])));
        await cluster.UntilAsync("every bucket is in use", async () => await PartsAsync(cluster) is [1000, 1000]);
        for (var number = 2; number <= 1000; number++)
            cluster.TellAll(new SectionMapProtocol.Dropped(Number(number)));
        await cluster.UntilAsync("one incarnation is left", async () => await PartsAsync(cluster) is [1, 1]);
        var before = (await cluster.DescribeAsync(0), await cluster.DescribeAsync(1));
        Assert.Equal(pool.Count, (await cluster.BucketsAsync(0)).Count);

        for (var number = 10_000; number < 30_000; number++)
        {
            cluster.TellAll(Changed(Number(number), 1, ("s", [1, 2, 3])));
            cluster.TellAll(Changed(Number(number), 2, ("s", [4]), ("t", [5])));
            cluster.TellAll(new SectionMapProtocol.Dropped(Number(number)));
        }

        // Behind all of it in each mailbox, so its arrival says that the churn has been taken in.
        cluster.TellAll(Changed(Second, 1, ("s", [9])));
        await cluster.UntilAsync("the last message is in the maps", async () => await StampsAsync(cluster, Second) is [1, 1]);
        cluster.TellAll(new SectionMapProtocol.Dropped(Second));
        await cluster.UntilAsync("as before", async () => (await cluster.DescribeAsync(0), await cluster.DescribeAsync(1)) == before);
    }

    [Fact(DisplayName = "An update that the Replicator refuses ends the map, and with it the host, instead of being lost")]
    public async Task Refused_update()
    {
        using var system = ActorSystem.Create("map", SystemConfig());
        var stopped = new TaskCompletionSource();
        var replicator = system.ActorOf(Props.Create(() => new RefusingReplicator()));
        system.ActorOf(Props.Create(() => new Guardian(replicator, stopped)));
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await system.Terminate();
    }

    private static IncarnationId Number(int number) => new(new Guid(number, 0, 0, new byte[8]));

    /// <summary>By host: the stamp of an incarnation's part, or null where there is none.</summary>
    private static async Task<long?[]> StampsAsync(MapCluster cluster, IncarnationId incarnation)
    {
        List<long?> stamps = [];
        for (var host = 0; host < cluster.Maps.Count; host++)
            stamps.Add((await cluster.BucketsAsync(host)).Values.Max(bucket => bucket.Parts.GetValueOrDefault(incarnation)?.Stamp));
        return [.. stamps];
    }

    /// <summary>By host: the number of parts.</summary>
    private static async Task<int[]> PartsAsync(MapCluster cluster)
    {
        List<int> parts = [];
        for (var host = 0; host < cluster.Maps.Count; host++)
            parts.Add((await cluster.BucketsAsync(host)).Values.Sum(bucket => bucket.Parts.Count));
        return [.. parts];
    }

    private sealed class RefusingReplicator : ReceiveActor
    {
        public RefusingReplicator() => Receive<Akka.DistributedData.Update>(update =>
            Sender.Tell(new Akka.DistributedData.ModifyFailure(update.Key, "refused", new InvalidOperationException("refused"), update.Request)));
    }

    private sealed class Guardian : ReceiveActor
    {
        private readonly TaskCompletionSource _stopped;

        public Guardian(IActorRef replicator, TaskCompletionSource stopped)
        {
            _stopped = stopped;
            var map = Context.Watch(Context.ActorOf(SectionMap.Props(replicator, new BucketPool(1), SectionMapOptions.Default, TimeProvider.System)));
            map.Tell(Changed(First, 1, ("s", [1])));
            Receive<Terminated>(_ => _stopped.TrySetResult());
        }

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);
    }
}
