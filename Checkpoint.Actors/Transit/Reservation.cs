namespace Checkpoint.Actors.Transit;

/// <summary>
/// The bytes of one answer while it is made: whoever reads reserves here before it copies. What is kept is counted until the answer
/// has left, by the link. One thread at a time, the agent's and then the Session's.
/// </summary>
public sealed class Reservation(ByteAccount account)
{
    /// <summary>Held for this answer.</summary>
    public long Bytes { get; private set; }

    /// <summary>Why it was refused last, or null.</summary>
    public string? Refused { get; private set; }

    /// <summary>The last refused amount would never fit, whatever the client takes.</summary>
    public bool IsHopeless { get; private set; }

    public bool TryReserve(long more)
    {
        IsHopeless = Bytes + more > account.BytesMax;
        Refused = account.Reserve(more);
        if (Refused is not null)
            return false;
        Bytes += more;
        return true;
    }

    /// <summary>Gives back what is above so many bytes.</summary>
    public void Trim(long bytes)
    {
        if (bytes >= Bytes)
            return;
        account.Release(Bytes - bytes);
        Bytes = bytes;
    }

    public void Release() => Trim(0);
}
