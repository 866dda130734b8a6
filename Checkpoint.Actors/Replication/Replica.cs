using Checkpoint.Actors.Content;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

internal enum ReplicaStage
{
    /// <summary>Known to exist, nothing held.</summary>
    Absent,

    /// <summary>A newcomer's copy in the making. Does not count.</summary>
    Filling,

    /// <summary>Holds everything up to its log's end; counts.</summary>
    Full,
}

/// <summary>
/// One incarnation on one host: its ordered log, the table that the stable part of the log has made, and what is known besides.
/// <code>
///   table (1..Mark, applied)  |  log, pending (Mark+1..End)  |  what the orderer will send
/// </code>
/// </summary>
internal sealed class Replica(IncarnationState state)
{
    public IncarnationId Id { get; } = state.Incarnation;

    /// <summary>Given at its creation, for good.</summary>
    public CheckpointName Name { get; } = state.Name;

    /// <summary>As of the log's end; on a host without a log, as last told.</summary>
    public IncarnationState State { get; set; } = state;

    public ReplicaStage Stage { get; set; }

    public bool IsFull => Stage == ReplicaStage.Full;

    public UpdateLog Log { get; } = new();

    /// <summary>Everything up to here is stable and applied.</summary>
    public long Mark { get; set; }

    /// <summary>Everything up to here is known to be stable. Above <see cref="Mark"/> while a large update is applied in slices.</summary>
    public long StableTo
    {
        get => Math.Max(field, Mark);
        set;
    }

    /// <summary>What works on this incarnation in slices: one at a time, and nothing is applied beside it.</summary>
    public MachineJob? Job { get; set; }

    public bool IsPublishing => Job is { IsPublishing: true };

    /// <summary>Changes of other hosts' sessions that wait until this orderer can look at them.</summary>
    public Queue<IncomingChange> Incoming { get; } = new();

    public PumpTurn IncomingTurn { get; } = new();

    /// <summary>More work than this is done in slices.</summary>
    public long StepWorkMax { get; init; } = long.MaxValue;

    /// <summary>Null unless the stage is Full, or the last piece of a fill has come.</summary>
    public SectionTable? Table { get; private set; }

    public PendingSections? Pending { get; private set; }

    /// <summary>An update could not be taken in or applied here: the table is an empty one, and only the log and the control state go on.</summary>
    public bool IsSetAside { get; private set; }

    /// <summary>The update that could not.</summary>
    public long SetAsideAt { get; private set; }

    /// <summary>A call that threw is logged for the first time only.</summary>
    public bool HasFailedCall { get; set; }

    /// <summary>Who orders, as far as this host knows.</summary>
    public HostId OrdererHost { get; set; } = state.NamedOrderer;

    /// <summary>The sequence of the START or hand-over that named it.</summary>
    public long Tenure { get; set; }

    /// <summary>Entries up to here were rolled forward by START: they are history and act no more.</summary>
    public long StartEnd { get; set; }

    /// <summary>Hosts whose acknowledgement makes an update stable, as of the log's end.</summary>
    public HashSet<HostId> FullHosts { get; } = [];

    /// <summary>Set while this host orders.</summary>
    public Orderer? Orderer { get; set; }

    /// <summary>Set while this host is being filled.</summary>
    public FillTarget? Fill { get; set; }

    /// <summary>Who waits for an entry of this log to become stable, by rising sequence.</summary>
    public Queue<Waiter> Waiters { get; } = new();

    /// <summary>Reads that wait for the mark.</summary>
    public List<PendingQuery> WaitingReads { get; } = [];

    /// <summary>A job goes on with them.</summary>
    public bool IsServing { get; set; }

    /// <summary>Changes of this host's sessions, on their way or not yet.</summary>
    public OutgoingChanges Outgoing { get; } = new();

    public List<object> Trackers { get; } = [];

    public bool IsSynchronous => State.Attributes.Flags.IsSynchronous();

    public bool IsCollocated => State.Attributes.Flags.IsCollocated();

    /// <summary>A collocated asynchronous checkpoint that no application has set active, or whose active replica is lost (ais-ckpt 2.5).</summary>
    public bool LacksActive => IsCollocated && !IsSynchronous && State.Active is null;

    /// <summary>The log ends in the deletion: nothing is shown any more, though it may not be stable yet.</summary>
    public bool IsDeleted => Log.End >= Log.First && Log[Log.End].Body is LogBody.Deleted;

    /// <summary>Bytes that this incarnation costs this host.</summary>
    public long FootprintBytes => (Table?.FootprintBytes ?? Fill?.BytesTaken ?? 0) + Log.Bytes;

    /// <summary>The next entry of the order enters the log, and what it says of the state counts at once; content waits to be taken in, and for the mark.</summary>
    public void Append(LogEntry entry)
    {
        Log.Append(entry);
        if (entry.Body is not LogBody.Content)
            Learn(entry);
    }

    /// <summary>The orderer checks against what is in the log, and the active replica reads it.</summary>
    public void TakeIn(LogEntry entry)
    {
        if (entry.Body is LogBody.Content content && !IsSetAside)
            Pending?.Add(content.Op, entry.Sequence, entry.Time);
    }

    /// <summary>A table came into being beneath entries that are in the log already.</summary>
    public void Hold(SectionTable table)
    {
        StopJob();
        Table = table;
        Mark = table.Sequence;
        Pending = new PendingSections(table, Saturating.ToInt32(StepWorkMax / ContentWork.PerElement), StepWorkMax);
        for (var sequence = Math.Max(Log.First, Mark + 1); sequence <= Log.End; sequence++)
            if (Log[sequence].Body is LogBody.Content content)
                Pending.Add(content.Op, sequence, Log[sequence].Time);
    }

    /// <summary>The content is lost here, at <see cref="Mark"/>: its memory and its share of the map are given back.</summary>
    /// <param name="sequence">The update that could not be taken in or applied.</param>
    public void SetAside(long sequence)
    {
        StopJob();
        Table?.Release();
        Fill?.GiveUp(); // Its last piece would bring a table that is behind the log.
        (IsSetAside, SetAsideAt) = (true, sequence);
        Table = SectionTable.Restore(State.Attributes, Mark, null, []);
        Pending = new PendingSections(Table);
    }

    /// <summary>Throws away a partial copy, or what a lost one left.</summary>
    public void Empty()
    {
        StopJob();
        StableTo = 0;
        Table?.Release();
        (Table, Pending, Fill, Orderer) = (null, null, null, null);
        (IsSetAside, SetAsideAt) = (false, 0);
        Stage = ReplicaStage.Absent;
        Log.Reset(0);
        Mark = 0;
        FullHosts.Clear();
    }

    /// <summary>
    /// Between a view and its START nothing more is begun: a hand-over would act in a view that did not write it. What is being applied goes on, since it is
    /// stable in every view; START says the rest again.
    /// </summary>
    public void StopOrdering()
    {
        Orderer = null;
        StableTo = Mark;
        if (Job is { HoldsOrder: true })
            StopJob();
    }

    public void StopJob()
    {
        Job?.Cancel();
        Job = null;
    }

    private void Learn(LogEntry entry)
    {
        if (entry.Sequence <= StartEnd)
            return; // START told the state as of there.
        switch (entry.Body)
        {
            case LogBody.Created:
            case LogBody.Deleted:
                break;
            case LogBody.Retention retention:
                State = State with { RetentionDuration = retention.Duration };
                break;
            case LogBody.Unlinked:
                State = State with { Unlinked = true };
                break;
            case LogBody.ReplicaAdded added:
                if (!State.Replicas.Contains(added.Host))
                    State = State with { Replicas = [.. State.Replicas, added.Host] };
                break;
            case LogBody.Full full:
                FullHosts.Add(full.Host);
                break;
            case LogBody.HandOver over:
                State = State.After(over);
                break;
            default:
                throw new InvalidOperationException($"No rule takes in {entry.Body.GetType().Name}.");
        }
    }
}

internal static class IncarnationStateRules
{
    /// <summary>A drain leaves a collocated asynchronous checkpoint without an active replica; an application's choice makes one.</summary>
    public static IncarnationState After(this IncarnationState state, LogBody.HandOver over)
    {
        var hasActive = state.Attributes.Flags.IsCollocated() && !state.Attributes.Flags.IsSynchronous();
        return state with { NamedOrderer = over.To, Active = over.MakesActive && hasActive ? over.To : null };
    }
}
