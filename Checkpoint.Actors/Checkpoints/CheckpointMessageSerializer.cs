using Akka.Actor;
using Akka.Serialization;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>Binds <see cref="CheckpointMessageCodec"/> to Akka: commands, replies and roll calls between hosts.</summary>
public sealed class CheckpointMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const int Id = 7321;

    public override int Identifier => Id;

    public override string Manifest(object o) => CheckpointMessageCodec.ManifestOf(o);

    public override byte[] ToBinary(object obj) => CheckpointMessageCodec.Encode(obj);

    public override object FromBinary(byte[] bytes, string manifest) => CheckpointMessageCodec.Decode(manifest, bytes);
}
