using System.Text;
using Akka.Actor;
using Akka.Serialization;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Map;

/// <summary>
/// Binds <see cref="BucketCodec"/> to Akka. Must stand in <c>akka.actor.serialization-bindings</c> for <see cref="Bucket"/> and
/// <see cref="BucketKey"/>: without it Akka would take JSON, or with <c>allow-unregistered-types = false</c> refuse.
/// </summary>
public sealed class BucketSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const string BucketManifest = "B";
    public const string KeyManifest = "K";

    private readonly HeldIncarnations _held = MapExtension.Get(system).Held;

    /// <summary>Of this project's range (docs/WIRE.md); never given to another serializer.</summary>
    public override int Identifier => 7301;

    public override string Manifest(object o) => o switch
    {
        Bucket => BucketManifest,
        BucketKey => KeyManifest,
        _ => throw new ArgumentException($"{o.GetType()} is not for {nameof(BucketSerializer)}", nameof(o)),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        Bucket bucket => BucketCodec.Encode(bucket, _held),
        BucketKey key => Encoding.UTF8.GetBytes(key.Id),
        _ => throw new ArgumentException($"{obj.GetType()} is not for {nameof(BucketSerializer)}", nameof(obj)),
    };

    /// <exception cref="WireFormatException">Not what the manifest says.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        BucketManifest => BucketCodec.Decode(bytes, _held),
        KeyManifest => new BucketKey(Encoding.UTF8.GetString(bytes)),
        _ => throw new WireFormatException($"manifest {manifest} is not of {nameof(BucketSerializer)}"),
    };
}
