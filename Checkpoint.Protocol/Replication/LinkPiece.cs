namespace Checkpoint.Protocol;

/// <summary>What one frame between two hosts carries: a whole message, a parcel of a big one, or the word that parcels arrived.</summary>
public abstract record LinkPiece
{
    /// <summary>An encoded <c>HostMessage</c>.</summary>
    public sealed record Whole(ReadOnlyMemory<byte> Message) : LinkPiece;

    /// <summary>A parcel of a message that is too big for a frame of its own.</summary>
    /// <param name="Number">Counts the parcels of this link, across messages; <see cref="Arrived"/> names it.</param>
    /// <param name="Stream">Which message; a sender never uses a number twice in its life.</param>
    /// <param name="Offset">Bytes of the message before this parcel. Parcels of one message travel in order.</param>
    /// <param name="Total">Bytes of the whole message.</param>
    public sealed record Parcel(ulong Number, ulong Stream, int Offset, int Total, ReadOnlyMemory<byte> Bytes) : LinkPiece;

    /// <summary>Every parcel up to <paramref name="Number"/> has arrived or never will: the sender's window opens again.</summary>
    public sealed record Arrived(ulong Number) : LinkPiece;
}

/// <summary>One frame between two hosts.</summary>
/// <param name="From">The sending run of the sending host.</param>
/// <param name="ToUid">The run that it is meant for: a restarted host at the same address drops it.</param>
public sealed record LinkFrame(HostId From, long ToUid, LinkPiece Piece);
