namespace Checkpoint.Protocol;

/// <summary>Cuts what is larger than a frame into pieces that are not.</summary>
public static class ParcelSplitter
{
    /// <summary>
    /// A piece with its header and the envelope of Akka.Remote (below 1 KiB) stays clearly under the 256 KiB that no frame may pass.
    /// A message up to this size is sent whole.
    /// </summary>
    public const int PieceMaxBytes = 192 * 1024;

    /// <summary>Every piece but the last has at least so many bytes: a peer cannot make us keep millions of tiny ones.</summary>
    public const int PieceMinBytes = 16 * 1024;

    public static bool Fits(int messageBytes) => messageBytes <= PieceMaxBytes;

    /// <summary>The pieces share the message's memory; nobody may write to it until they are sent.</summary>
    public static IEnumerable<Parcel> Split(ulong id, ReadOnlyMemory<byte> message)
    {
        var count = (message.Length + PieceMaxBytes - 1) / PieceMaxBytes;
        for (var index = 0; index < count; index++)
        {
            var start = index * PieceMaxBytes;
            yield return new Parcel(id, index, count, message.Slice(start, Math.Min(PieceMaxBytes, message.Length - start)));
        }
    }
}
