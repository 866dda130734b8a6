using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>A read until it is answered: of an actor of this host, or of another host that could not answer it itself.</summary>
/// <param name="answer">Called once.</param>
/// <param name="deadline">By this host's clock.</param>
internal sealed class PendingQuery(IncarnationId incarnation, QueryBody body, long deadline, bool isRemote, Action<QueryResult> answer, Action? moved)
{
    public IncarnationId Incarnation { get; } = incarnation;

    public QueryBody Body { get; } = body;

    public long Deadline { get; } = deadline;

    /// <summary>When it has waited long enough without being served, though its deadline may be later.</summary>
    public long HeldUntil { get; set; }

    /// <summary>Where the bytes of the answer are reserved; null: they are not counted here.</summary>
    public Reservation? Room { get; init; }

    public bool IsRemote { get; } = isRemote;

    public bool IsAnswered { get; private set; }

    /// <summary>The sequence that has to be stable here first: what was in the log when the read came. -1 until it is known.</summary>
    public long WaitFor { get; set; } = -1;

    public ulong ForwardId { get; set; }

    public HostId? ForwardedTo { get; set; }

    public long ResendAt { get; set; }

    /// <summary>Until the next resending; it grows.</summary>
    public long Patience { get; set; }

    public void Answer(QueryResult result)
    {
        if (IsAnswered)
            return;
        IsAnswered = true;
        if (result is QueryResult.Refused)
            Room?.Release();
        answer(result);
    }

    /// <summary>This host no longer orders: the asking one finds out who does.</summary>
    public void Moved()
    {
        IsAnswered = true;
        moved!();
    }
}
