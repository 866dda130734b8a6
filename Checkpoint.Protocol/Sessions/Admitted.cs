namespace Checkpoint.Protocol;

/// <summary>
/// The door's answer to the Hello of a cluster client; a refused one gets a plain <see cref="SessionProtocol.Farewell"/>. Both go back through
/// ClusterClient's tunnel, which loses the sender: hence the path. From then on the client talks to the Session itself, with its own
/// reference as the sender, and the Session pushes to whoever sent it its first message.
/// </summary>
/// <param name="SessionPath">The Session's serialized actor path (<c>Serialization.SerializedActorPath</c>).</param>
public sealed record Admitted(string SessionPath, SessionProtocol.Welcome Welcome)
{
    /// <summary>The Akka manifest, beside those of <see cref="SessionCodec.ManifestOf"/>.</summary>
    public const string Manifest = "d";

    public byte[] Encode()
    {
        var to = new WireWriter();
        to.Text(SessionPath);
        SessionCodec.Write(to, Welcome);
        return to.ToArray();
    }

    /// <exception cref="WireFormatException">Not exactly one such answer.</exception>
    public static Admitted Read(ReadOnlyMemory<byte> message)
    {
        var from = new WireReader(message);
        var path = from.Text();
        return SessionCodec.Read(from.Raw(from.Remaining)) is SessionProtocol.Welcome welcome
            ? new Admitted(path, welcome)
            : throw new WireFormatException("the door's answer holds no welcome");
    }
}
