namespace Checkpoint.Actors.Sessions;

/// <summary>
/// Reads of one client whose answers found no room. Only the first of them is asked again, the others wait behind it, so that a client that
/// asks for a thousand large answers and takes none costs one question now and then.
/// </summary>
internal sealed class HeldReads
{
    private readonly LinkedList<PendingRequest> _waiting = new();

    /// <returns>True when this read may be asked now; else it waits, and is asked when it is the first.</returns>
    public bool MayAsk(PendingRequest read)
    {
        if (_waiting.First is not { } first || first.Value == read)
            return true;
        if (!read.IsHeld)
            Add(read);
        read.RetryAt = long.MaxValue;
        return false;
    }

    /// <summary>It was asked, and there was no room.</summary>
    /// <param name="retryAt">When it may be asked again, if it is the first.</param>
    public void Refused(PendingRequest read, long retryAt)
    {
        if (!read.IsHeld)
            Add(read);
        read.RetryAt = _waiting.First!.Value == read ? retryAt : long.MaxValue;
    }

    /// <summary>It has ended, or found room.</summary>
    /// <returns>The one that is the first now, or null when nothing changed.</returns>
    public PendingRequest? Leave(PendingRequest read)
    {
        if (!read.IsHeld)
            return null;
        var wasFirst = _waiting.First!.Value == read;
        _waiting.Remove(read);
        read.IsHeld = false;
        return wasFirst ? _waiting.First?.Value : null;
    }

    public void Clear() => _waiting.Clear();

    private void Add(PendingRequest read)
    {
        read.IsHeld = true;
        _waiting.AddLast(read);
    }
}
