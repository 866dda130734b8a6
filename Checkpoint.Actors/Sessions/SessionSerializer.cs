using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>Binds the messages between clients and Sessions, and those between session registries, to their hand-written codecs.</summary>
public sealed class SessionSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Equal in client and host (docs/WIRE.md): it is on the wire.</summary>
    public const int Id = 7311;

    public override int Identifier => Id;

    public override string Manifest(object o) => o switch
    {
        SessionProtocol.IMessage message => SessionCodec.ManifestOf(message),
        Parcel => Parcel.Manifest,
        Admitted => Admitted.Manifest,
        NodeProtocol.IMessage node => NodeProtocol.ManifestOf(node),
        _ => throw new ArgumentException($"{o.GetType().Name} is no message of a session", nameof(o)),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        SessionProtocol.IMessage message => SessionCodec.Encode(message),
        Parcel piece => piece.Encode(),
        Admitted admitted => admitted.Encode(),
        NodeProtocol.IMessage node => NodeProtocol.Encode(node),
        _ => throw new ArgumentException($"{obj.GetType().Name} is no message of a session", nameof(obj)),
    };

    /// <exception cref="SerializationException">Bytes that are no message of ours.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            if (manifest == Parcel.Manifest)
                return Parcel.Read(bytes);
            if (manifest == Admitted.Manifest)
                return Admitted.Read(bytes);
            if (NodeProtocol.Read(manifest, bytes) is { } node)
                return node;
            var message = SessionCodec.Read(bytes);
            return SessionCodec.ManifestOf(message) == manifest
                ? message
                : throw new SerializationException($"a message '{SessionCodec.ManifestOf(message)}' came as '{manifest}'");
        }
        catch (WireFormatException wrong)
        {
            throw new SerializationException(wrong.Message, wrong);
        }
    }
}
