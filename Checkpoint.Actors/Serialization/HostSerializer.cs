using Akka.Actor;
using Akka.Serialization;
using Checkpoint.Actors.Replication.Links;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Serialization;

/// <summary>
/// Binds what hosts send to each other and what the journal of views keeps to the hand-written codecs (docs/WIRE.md).
/// Manifests: <c>L</c> a frame of a link between agents, <c>V</c> a row of views.
/// </summary>
public sealed class HostSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const int Id = 7310;
    private const string Frame = "L";
    private const string Row = "V";

    public override int Identifier => Id;

    public override string Manifest(object o) => o switch
    {
        LinkBytes => Frame,
        ViewRow => Row,
        _ => throw new ArgumentException($"{nameof(HostSerializer)} is not bound to {o.GetType()}", nameof(o)),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        LinkBytes frame => frame.Bytes,
        ViewRow row => Encode(row),
        _ => throw new ArgumentException($"{nameof(HostSerializer)} is not bound to {obj.GetType()}", nameof(obj)),
    };

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        Frame => new LinkBytes(bytes),
        Row => DecodeRow(bytes),
        _ => throw new System.Runtime.Serialization.SerializationException($"{nameof(HostSerializer)} knows no manifest '{manifest}'"),
    };

    private static byte[] Encode(ViewRow row)
    {
        var writer = new WireWriter(12 + row.Encoded.Length);
        writer.I64(row.Number);
        writer.Bytes(row.Encoded.Span);
        return writer.ToArray();
    }

    private static ViewRow DecodeRow(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var row = new ViewRow(reader.I64(), reader.Bytes());
        reader.End();
        return row;
    }
}
