using Akka.DistributedData;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;
using CsCheck;

namespace Checkpoint.Tests.Actors.Map;

/// <summary>
/// The CRDT laws over generated histories: three incarnations, each with one order of updates, and replicas that have each seen a prefix
/// of each order. That is all that hosts can ever hold.
/// </summary>
public sealed class BucketLawTests
{
    private const int UpdatesMax = 12;

    private static readonly IncarnationId[] Incarnations =
        [.. Enumerable.Range(1, 3).Select(number => new IncarnationId(new Guid(number, 0, 0, new byte[8])))];

    private static readonly Gen<History> Histories = Gen.Select(
        Gen.Int[0, int.MaxValue], Gen.Int[0, 7], (seed, held) => new History(seed, held));

    [Fact(DisplayName = "Merge commutes: two replicas that exchange their buckets hold the same bytes")]
    public void Commutes() => Check(3, (held, a, b, _) => Same(a.Merge(b), b.Merge(a), held));

    [Fact(DisplayName = "Merge associates: the way that gossip takes does not matter")]
    public void Associates() => Check(3, (held, a, b, c) => Same(a.Merge(b).Merge(c), a.Merge(b.Merge(c)), held));

    [Fact(DisplayName = "Merge repeats safely: gossip that comes twice changes nothing")]
    public void Repeats() => Check(2, (held, a, b, _) =>
    {
        Same(a, a.Merge(a), held);
        var merged = a.Merge(b);
        Assert.Same(merged, merged.Merge(b));
    });

    [Fact(DisplayName = "Merge takes each part whole from the replica that is ahead")]
    public void Takes_the_higher_stamp() => Check(2, (held, a, b, _) =>
    {
        foreach (var (incarnation, part) in a.Merge(b).Parts)
        {
            var stamps = new[] { a, b }.Select(bucket => bucket.Parts.GetValueOrDefault(incarnation)?.Stamp ?? -1);
            Assert.Equal(stamps.Max(), part.Stamp);
        }
    });

    [Fact(DisplayName = "Bytes and back: the decoder makes the same bucket, and the size is the one announced")]
    public void Round_trip() => Check(1, (held, a, _, _) =>
    {
        var bytes = BucketCodec.Encode(a, held);
        Assert.Equal(a.SizeBytes, bytes.Length);
        Same(a, BucketCodec.Decode(bytes, held), held);
    });

    [Fact(DisplayName = "A removal survives the Replicator's own merge of the old value with the new one, and late gossip of the old one")]
    public void Removal_survives() => Check(1, (held, a, _, _) =>
    {
        foreach (var incarnation in a.Parts.Keys)
        {
            var drop = new PartChange();
            drop.Drop();
            var changes = new Dictionary<IncarnationId, PartChange> { [incarnation] = drop };

            var removed = a.With(changes); // Still held: only the origin protects it.
            Assert.Same(removed, a.Merge(removed));
            Assert.False(removed.Parts.ContainsKey(incarnation));

            held.Remove(incarnation);
            Assert.False(removed.Merge(a).Parts.ContainsKey(incarnation));
            Assert.False(BucketCodec.Decode(BucketCodec.Encode(a, All()), held).Parts.ContainsKey(incarnation));
            held.Add(incarnation);
        }
    });

    [Fact(DisplayName = "A replica that got gossip from one that is ahead, and then its own updates, never goes back and ends where that one ends")]
    public void Own_updates_after_gossip() => Histories.Sample(history =>
    {
        var held = history.Held();
        var random = new Random(history.Seed);
        var incarnation = Incarnations[0];
        held.Add(incarnation);
        var (behind, ahead) = (random.Next(UpdatesMax), random.Next(UpdatesMax));
        var mine = history.Replica(held, incarnation, behind).Merge(history.Replica(held, incarnation, ahead));
        for (var update = behind + 1; update <= UpdatesMax; update++)
        {
            mine = mine.With(history.Change(incarnation, update, update));
            Same(history.Replica(held, incarnation, Math.Max(update, ahead)), mine, held);
        }
    });

    [Fact(DisplayName = "Coalesced or one by one: the same updates make the same bucket")]
    public void Coalescing() => Histories.Sample(history =>
    {
        var held = history.Held();
        held.Add(Incarnations[0]);
        var gathered = Bucket.Empty(held).With(history.Change(Incarnations[0], 1, UpdatesMax));
        Same(history.Replica(held, Incarnations[0], UpdatesMax), gathered, held);
    });

    [Fact(DisplayName = "A value of another type under a bucket's key is kept out, counted, and nothing is thrown")]
    public void Foreign_value()
    {
        var held = All();
        var bucket = Bucket.Empty(held);
        Assert.Same(bucket, bucket.Merge((IReplicatedData)GSet<string>.Empty));
        Assert.Equal(1, held.ValuesRefused);
    }

    private static HeldIncarnations All()
    {
        var held = new HeldIncarnations();
        foreach (var incarnation in Incarnations)
            held.Add(incarnation);
        return held;
    }

    private static void Check(int replicas, Action<HeldIncarnations, Bucket, Bucket, Bucket> law) => Histories.Sample(history =>
    {
        var held = history.Held();
        var random = new Random(history.Seed);
        var made = Enumerable.Range(0, 3).Select(index => index < replicas ? history.Replica(held, random) : Bucket.Empty(held)).ToArray();
        law(held, made[0], made[1], made[2]);
    });

    private static void Same(Bucket expected, Bucket actual, HeldIncarnations held) =>
        Assert.Equal(Convert.ToHexString(BucketCodec.Encode(expected, held)), Convert.ToHexString(BucketCodec.Encode(actual, held)));

    /// <summary>Update n of an incarnation sets or removes two of five pages, chosen by seed and n: the same on every host.</summary>
    private sealed record History(int Seed, int HeldMask)
    {
        public HeldIncarnations Held()
        {
            var held = new HeldIncarnations();
            for (var index = 0; index < Incarnations.Length; index++)
                if ((HeldMask & (1 << index)) != 0)
                    held.Add(Incarnations[index]);
            return held;
        }

        /// <summary>A host that has seen some prefix of each incarnation's updates, flushed at some points.</summary>
        public Bucket Replica(HeldIncarnations held, Random random)
        {
            var bucket = Bucket.Empty(held);
            foreach (var incarnation in Incarnations)
                for (int from = 1, to, end = random.Next(UpdatesMax + 1); from <= end; from = to + 1)
                {
                    to = random.Next(from, end + 1);
                    bucket = bucket.With(Change(incarnation, from, to));
                }

            return bucket;
        }

        public Bucket Replica(HeldIncarnations held, IncarnationId incarnation, int updates)
        {
            var bucket = Bucket.Empty(held);
            for (var update = 1; update <= updates; update++)
                bucket = bucket.With(Change(incarnation, update, update));
            return bucket;
        }

        internal Dictionary<IncarnationId, PartChange> Change(IncarnationId incarnation, int from, int to)
        {
            var change = new PartChange();
            for (var update = from; update <= to; update++)
            {
                var random = new Random(unchecked((Seed * 7919) + (incarnation.Value.GetHashCode() * 31) + update));
                for (var page = 0; page < 2; page++)
                {
                    var key = new PageKey(new SectionId($"s{random.Next(5)}"), PageKey.Header);
                    var bytes = random.Next(4) == 0 ? default(ReadOnlyMemory<byte>?) : new[] { (byte)update, (byte)page };
                    change.Set(new(key, bytes), update, isWhole: false);
                }
            }

            return new() { [incarnation] = change };
        }
    }
}
