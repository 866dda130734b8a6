namespace Checkpoint.Protocol;

/// <summary>
/// Where bytes are reserved before they are allocated, and given back when they are needed no more: what one peer may have, out of what
/// all may have. Thread-safe; never waits.
/// </summary>
public interface IByteRoom
{
    /// <summary>All of them or none.</summary>
    bool TryReserve(long bytes);

    void Release(long bytes);

    /// <summary>The peer has sent a piece of what is reserved.</summary>
    /// <param name="isAmidMessage">It has begun messages of which more is to come.</param>
    void Arriving(bool isAmidMessage)
    {
    }
}
