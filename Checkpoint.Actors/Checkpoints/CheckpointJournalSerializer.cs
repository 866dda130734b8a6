using Akka.Actor;
using Akka.Serialization;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>Binds <see cref="CheckpointEventCodec"/> to Akka. Its id stands in every journal row: it never changes.</summary>
public sealed class CheckpointJournalSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const int Id = 7320;

    public override int Identifier => Id;

    public override string Manifest(object o) => CheckpointEventCodec.ManifestOf((CheckpointEvents.IEvent)o);

    public override byte[] ToBinary(object obj) => CheckpointEventCodec.Encode((CheckpointEvents.IEvent)obj);

    public override object FromBinary(byte[] bytes, string manifest) => CheckpointEventCodec.Decode(manifest, bytes);
}
