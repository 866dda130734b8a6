using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// What the requests of one client hold of its room: from the announcement of a large one until its answer. Thread-safe.
/// </summary>
/// <param name="patience">How long the client's own reading thread may wait for room; none: the caller must not wait.</param>
public sealed class RequestRoom(ByteAccount account, TimeSpan patience = default) : IByteRoom
{
    /// <summary>Requests up to this size are bounded by their number alone.</summary>
    private const int SmallMaxBytes = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, long> _held = [];
    private string? _full;

    public bool TryReserve(long bytes)
    {
        account.IsIdle(); // It waits for us.
        _full = patience > TimeSpan.Zero ? account.ReserveWithin(bytes, patience) : account.Reserve(bytes);
        account.Moved();
        return _full is null;
    }

    public void Release(long bytes) => account.Release(bytes);

    public void Arriving(bool isAmidMessage)
    {
        if (isAmidMessage)
            account.Moved();
        else
            account.IsIdle();
    }

    /// <summary>A message is whole. What was reserved stays so until <see cref="Answered"/> if it is a request, and is given back if not.</summary>
    public SessionProtocol.IMessage Keep(SessionProtocol.IMessage message, long reserved)
    {
        if (reserved > 0 && (message is not SessionProtocol.Request request || !TryHold(request.Id, reserved)))
            account.Release(reserved);
        return message;
    }

    /// <summary>The same for a request that came whole, in a frame.</summary>
    /// <returns>False: there is no room for it.</returns>
    public bool TryKeep(SessionProtocol.Request request)
    {
        var bytes = RequestBytes.Of(request.Command);
        if (bytes <= SmallMaxBytes)
            return true;
        if (!TryReserve(bytes))
            return false;
        Keep(request, bytes);
        account.IsIdle();
        return true;
    }

    public void Answered(ulong requestId)
    {
        long bytes;
        lock (_gate)
        {
            if (_held.Count == 0 || !_held.Remove(requestId, out bytes))
                return;
        }

        account.Release(bytes);
    }

    /// <summary>Why the last request was not taken in.</summary>
    public string Refused(long bytesMax) =>
        _full ?? $"the request is above the {bytesMax} bytes that a client may have on their way";

    private bool TryHold(ulong requestId, long bytes)
    {
        lock (_gate)
            return _held.TryAdd(requestId, bytes);
    }
}
