using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// Bytes that a host holds of a request while it is on its way: its data and, of a vector, an object and an id for each further element, so that
/// millions of elements without data do not count as nothing.
/// </summary>
public static class RequestBytes
{
    /// <summary>An element of a write has 48 bytes and one of a read 40, the reference to it in the vector 8; rounded up.</summary>
    public const long PerElement = 64;

    public static long Of(Command command) => command switch
    {
        Change { Op: ContentOp.Write { Elements.Count: > 1 } write } => write.DataBytes + OfElements(write.Elements),
        Change change => change.Op.DataBytes,
        Read { Elements.Count: > 1 } read => OfElements(read.Elements),
        _ => 0,
    };

    private static long OfElements(IReadOnlyList<WriteElement> elements)
    {
        var bytes = PerElement * elements.Count;
        for (var index = 0; index < elements.Count; index++)
            bytes += elements[index].Id.Length;
        return bytes;
    }

    private static long OfElements(IReadOnlyList<ReadElement> elements)
    {
        var bytes = PerElement * elements.Count;
        for (var index = 0; index < elements.Count; index++)
            bytes += elements[index].Id.Length;
        return bytes;
    }
}
