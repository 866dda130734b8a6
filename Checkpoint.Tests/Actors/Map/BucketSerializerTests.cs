using Akka.Actor;
using Akka.Serialization;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Actors.Map;

/// <summary>Under the settings that hosts run with: unregistered types are refused, so nothing can fall back on JSON.</summary>
public sealed class BucketSerializerTests : IAsyncLifetime
{
    private static readonly IncarnationId Held = new(new Guid(1, 0, 0, new byte[8]));

    private readonly ActorSystem _system = ActorSystem.Create("map", MapCluster.SystemConfig());

    public Task InitializeAsync()
    {
        MapExtension.Get(_system).Held.Add(Held);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _system.Terminate();

    [Fact(DisplayName = "Buckets and their keys have our serializer and come back as they were")]
    public void Registered()
    {
        Assert.False(_system.Settings.Config.GetBoolean("akka.actor.serialization-settings.allow-unregistered-types"));
        var change = new PartChange();
        change.Set(new(new PageKey(new SectionId("s"), 0), new byte[] { 1, 2 }), 5, isWhole: true);
        var bucket = Bucket.Empty(MapExtension.Get(_system).Held).With(new Dictionary<IncarnationId, PartChange> { [Held] = change });

        var back = Assert.IsType<Bucket>(RoundTrip(bucket, BucketSerializer.BucketManifest));
        Assert.Equal("0102", Convert.ToHexString(back.Parts[Held].Pages[new PageKey(new SectionId("s"), 0)].Span));
        Assert.Equal(5, back.Parts[Held].Stamp);

        Assert.Equal("checkpoint-bucket-64-3", Assert.IsType<BucketKey>(RoundTrip(BucketKey.Of(new BucketPool(64), 3), BucketSerializer.KeyManifest)).Id);
    }

    [Fact(DisplayName = "A type without serializer is refused, not written as JSON")]
    public void Unregistered() =>
        Assert.ThrowsAny<Exception>(() => _system.Serialization.FindSerializerFor(new PageKey(new SectionId("s"), 0)));

    [Fact(DisplayName = "An unknown manifest, version or size is refused")]
    public void Refused()
    {
        var serializer = new BucketSerializer((ExtendedActorSystem)_system);
        Assert.Throws<WireFormatException>(() => serializer.FromBinary([], "X"));
        Assert.Throws<WireFormatException>(() => serializer.FromBinary([2, 0, 0, 0, 0], BucketSerializer.BucketManifest));
        Assert.Throws<WireFormatException>(() => serializer.FromBinary(new byte[MapLimits.BucketSizeMaxBytes + 1], BucketSerializer.BucketManifest));
        Assert.Throws<ArgumentException>(() => serializer.ToBinary("text"));
    }

    private object RoundTrip(object value, string manifest)
    {
        var serializer = Assert.IsType<BucketSerializer>(_system.Serialization.FindSerializerFor(value));
        Assert.Equal(manifest, serializer.Manifest(value));
        return _system.Serialization.Deserialize(serializer.ToBinary(value), serializer.Identifier, manifest);
    }
}
