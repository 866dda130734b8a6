using Checkpoint.Actors.Content;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Transit;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// Reads. Synchronous checkpoints: from the own table, behind what was in the log when the read came. Asynchronous ones: at the active, the
/// head of its log. Nothing is answered without the lease, checked as it is answered.
/// </summary>
internal sealed class Queries(MachineContext context, ViewKeeper keeper, Heartbeats heartbeats, Replicas replicas, ViewStart recovery)
{
    /// <summary>Batches that one tick serves: all that may be parked have had their turn after some 200 ms.</summary>
    private const int ParkedPerTick = 4;

    private readonly List<PendingQuery> _parked = [];
    private readonly Dictionary<ulong, PendingQuery> _forwarded = [];
    private readonly HashSet<Replica> _waiting = [];
    private readonly HashSet<(HostId From, ulong Id)> _remote = [];
    private QueryJobs? _jobs;
    private long _sweepAt;

    private QueryJobs Jobs => _jobs ??= new QueryJobs(context, keeper, replicas, Serve, Wait);

    public void Submit(PendingQuery query)
    {
        query.HeldUntil = Math.Min(query.Deadline, context.Now + context.Options.ParkedMax);
        if (context.Now >= query.Deadline)
            Refuse(query, "it came after its deadline");
        else if (_parked.Count >= context.Options.ParkedCountMax)
            Refuse(query, $"{context.Options.ParkedCountMax} reads wait already");
        else
            Serve(query);
    }

    /// <summary>
    /// Writes what <see cref="Submit"/> would answer at once with data, each element as its u32 length and its bytes, and changes nothing. False
    /// leaves the read to it: an error, a pending change that touches a section, an orderer elsewhere, too many bytes. The lease is the caller's
    /// to check, afterwards.
    /// </summary>
    public bool TryRead(IncarnationId incarnation, ReadOnlySpan<ReadRequest.Element> elements, WireWriter to, int bytesMax)
    {
        if (!recovery.IsStarted || replicas.Find(incarnation) is not { IsFull: true, IsDeleted: false, Table: { } table } replica)
            return false;
        if (!replica.IsSynchronous && (replica.LacksActive || replica.Orderer is not { IsCurrent: true }))
            return false;
        foreach (var element in elements)
        {
            var id = element.Id.Span;
            if (replica.Pending!.TouchesBytes(id) || table.Find(id) is not { } section || !TableReader.IsPlain(element, section, table.Attributes))
                return false;
            var length = section.LengthIn(element.Range);
            bytesMax -= sizeof(uint) + length;
            if (bytesMax < 0)
                return false;
            to.U32((uint)length);
            section.CopyTo(element.Offset, to.Space(length));
        }

        return elements.Length > 0;
    }

    public void OnQuery(HostId from, HostMessage.Query query)
    {
        if (!_remote.Add((from, query.Id)))
            return; // Its answer is awaited here already.
        var offset = heartbeats.Of(from).ClockOffset ?? 0;
        var deadline = query.Deadline == AisTime.End ? AisTime.End : Saturating.Add(query.Deadline, offset);
        Submit(new PendingQuery(
            query.Incarnation,
            query.Body,
            deadline,
            isRemote: true,
            result => Answer(false, Sendable(result)),
            () => Answer(true, Moved)));

        void Answer(bool wasMoved, QueryResult result)
        {
            _remote.Remove((from, query.Id));
            context.Send(from, new HostMessage.QueryAnswer(keeper.Number, query.Id, wasMoved, result));
        }
    }

    /// <summary>What no link would take is refused instead of being lost on the way.</summary>
    private static QueryResult Sendable(QueryResult result)
    {
        var bytes = result switch
        {
            QueryResult.Read read => read.Data.Sum(data => 4L + data.Length),
            QueryResult.Listed listed => listed.Ids.Sum(id => 2L + id.Length),
            QueryResult.SectionsDescribed described => described.Descriptors.Sum(one => 27L + (one?.Id.Length ?? 0)),
            _ => 0,
        };
        return bytes <= LinkCodec.UpdateMaxBytes
            ? result
            : new QueryResult.Refused(AisStatus.NoMemory, $"the answer has {bytes} bytes, and one answer at most {LinkCodec.UpdateMaxBytes}");
    }

    public void OnAnswer(HostMessage.QueryAnswer answer)
    {
        if (answer.View != keeper.Number || !_forwarded.Remove(answer.Id, out var query))
            return;
        query.ForwardedTo = null;
        if (answer.WasMoved)
            _parked.Add(query);
        else
            query.Answer(Counted(answer.Result, query.Room));
    }

    /// <summary>How much another host answers is known when it is here; the links bound what is on its way until then.</summary>
    private static QueryResult Counted(QueryResult result, Reservation? room) => result switch
    {
        QueryResult.Read read when room?.TryReserve(read.Data.Sum(data => (long)data.Length)) == false =>
            new QueryResult.Refused(AisStatus.NoMemory, room.Refused),
        QueryResult.Listed listed when room?.TryReserve(TableReader.BytesOf(listed.Ids.Count)) == false =>
            new QueryResult.Refused(AisStatus.NoResources, room.Refused),
        _ => result,
    };

    /// <summary>Reads that waited for the mark; a batch of them in one step.</summary>
    public void OnMarkMoved(Replica replica)
    {
        if (replica.WaitingReads.Count == 0 || replica.IsServing)
            return;
        List<PendingQuery> due = [];
        replica.WaitingReads.RemoveAll(query =>
        {
            var isDue = due.Count < context.Options.BatchMax && query.WaitFor <= replica.Mark;
            if (isDue)
                due.Add(query);
            return isDue;
        });
        foreach (var query in due)
            Serve(query);
        if (due.Count < context.Options.BatchMax)
            return;
        replica.IsServing = true;
        context.Jobs.Begin(new BatchJob(() =>
        {
            replica.IsServing = false;
            OnMarkMoved(replica);
        }));
    }

    public void OnStopped(Replica replica) => Jobs.OnGone(replica);

    public void OnGone(Replica replica)
    {
        Jobs.OnGone(replica);
        foreach (var query in replica.WaitingReads)
            Serve(query);
        replica.WaitingReads.Clear();
    }

    /// <summary>Reads change nothing, so what was under way is simply served again.</summary>
    public void OnAdopted()
    {
        _parked.AddRange(Jobs.Queries);
        Jobs.Stop();
        _parked.AddRange(_forwarded.Values);
        _forwarded.Clear();
        foreach (var replica in _waiting)
        {
            _parked.AddRange(replica.WaitingReads);
            replica.WaitingReads.Clear();
        }

        _waiting.Clear();

        foreach (var query in _parked)
            (query.ForwardedTo, query.WaitFor) = (null, -1);
    }

    public void EndAll(string why)
    {
        foreach (var query in _parked.Concat(Jobs.Queries).Concat(_forwarded.Values).Concat(_waiting.SelectMany(replica => replica.WaitingReads)))
            query.Answer(new QueryResult.Refused(AisStatus.Unavailable, why));
        Jobs.Stop();
        _parked.Clear();
        _forwarded.Clear();
        foreach (var replica in _waiting)
            replica.WaitingReads.Clear();
        _waiting.Clear();
    }

    public void Tick()
    {
        if (_parked.Count > 0 && recovery.IsStarted)
        {
            var again = _parked.GetRange(0, Math.Min(_parked.Count, ParkedPerTick * context.Options.BatchMax)); // Those parked anew go behind the rest.
            _parked.RemoveRange(0, again.Count);
            foreach (var query in again)
                Serve(query);
        }

        foreach (var query in _forwarded.Values)
            if (context.Now >= query.ResendAt)
                Resend(query);
        if (context.Now < _sweepAt)
            return;
        _sweepAt = context.Now + (4 * context.Options.TickInterval);
        Sweep();
    }

    private static readonly QueryResult Moved = new QueryResult.Refused(AisStatus.TryAgain, "another host orders now");

    private void Sweep()
    {
        foreach (var query in _parked.Where(query => context.Now >= query.HeldUntil))
            Refuse(query, keeper.HasLease ? "its orderer does not answer now" : "this host has no lease of its view");
        _parked.RemoveAll(query => context.Now >= query.HeldUntil);

        foreach (var (id, query) in _forwarded.Where(pair => context.Now >= pair.Value.Deadline).ToArray())
        {
            _forwarded.Remove(id);
            query.Answer(new QueryResult.Refused(AisStatus.Timeout, $"{query.ForwardedTo} did not answer before the deadline"));
        }

        foreach (var replica in _waiting)
        {
            foreach (var query in replica.WaitingReads.Where(query => context.Now >= query.Deadline))
                Late(query, replica);
            replica.WaitingReads.RemoveAll(query => context.Now >= query.Deadline);
        }

        _waiting.RemoveWhere(replica => replica.WaitingReads.Count == 0);
    }

    private void Wait(PendingQuery query, Replica replica)
    {
        replica.WaitingReads.Add(query);
        _waiting.Add(replica);
    }

    private static void Late(PendingQuery query, Replica replica) => query.Answer(new QueryResult.Refused(
        query.Body is QueryBody.Synchronize ? AisStatus.Timeout : AisStatus.TryAgain,
        $"update {query.WaitFor} was not stable before the deadline (stable: {replica.Mark})"));

    private void Serve(PendingQuery query)
    {
        if (!recovery.IsStarted)
        {
            _parked.Add(query);
            return;
        }

        if (replicas.Find(query.Incarnation) is not { } replica)
        {
            if (!keeper.HasLease)
            {
                _parked.Add(query); // Perhaps a later view has it.
                return;
            }

            query.Answer(new QueryResult.Refused(AisStatus.NotExist, $"view {keeper.Number} has no incarnation {query.Incarnation}"));
            return;
        }

        if (replica is { IsSynchronous: true, IsFull: true, IsSetAside: false } && query.Body is not QueryBody.Synchronize)
            ServeStable(query, replica);
        else if (replica.Orderer is { } orderer)
            ServeHead(query, replica, orderer);
        else if (query.IsRemote)
            query.Moved();
        else
            Forward(query, replica.OrdererHost);
    }

    private void ServeStable(PendingQuery query, Replica replica)
    {
        if (query.WaitFor < 0)
            query.WaitFor = IsTouched(replica, query.Body) ? replica.Log.End : 0;
        if (replica.IsPublishing && IsTouched(replica, query.Body))
            query.WaitFor = Math.Max(query.WaitFor, replica.Mark + 1); // Else it would see a part of that update.
        if (replica.Mark < query.WaitFor)
            Wait(query, replica);
        else if (!keeper.HasLease)
            _parked.Add(query);
        else
            Jobs.Read(query, replica, pending: null);
    }

    private void ServeHead(PendingQuery query, Replica replica, Orderer orderer)
    {
        if (!keeper.HasLease || !orderer.IsCurrent)
        {
            _parked.Add(query);
            return;
        }

        if (replica.IsSetAside)
        {
            if (orderer.Aside.IsUndecided)
                _parked.Add(query);
            else
                query.Answer(new QueryResult.Refused(AisStatus.Library, SetAsideText.Reason(replica)));
            return;
        }

        if (replica.LacksActive)
        {
            query.Answer(new QueryResult.Refused(AisStatus.NotExist, $"{replica.State.Name} has no active replica"));
            return;
        }

        var isTorn = replica.IsPublishing && IsTouched(replica, query.Body);
        var needsMark = query.Body is QueryBody.Synchronize || query.WaitFor > 0 || isTorn || TableReader.NeedsMark(query.Body, replica.Pending!);
        if (!needsMark)
        {
            Jobs.Read(query, replica, replica.Pending);
            return;
        }

        if (query.WaitFor <= 0)
            query.WaitFor = replica.Log.End;
        if (isTorn)
            query.WaitFor = Math.Max(query.WaitFor, replica.Mark + 1);
        if (replica.Mark < query.WaitFor)
            Wait(query, replica);
        else if (query.Body is QueryBody.Synchronize)
            query.Answer(new QueryResult.Synchronized());
        else
            Jobs.Read(query, replica, pending: null); // All that was ordered when it came is in the table.
    }

    private void Forward(PendingQuery query, HostId to)
    {
        if (!heartbeats.IsHeard(to))
        {
            _parked.Add(query);
            return;
        }

        (query.ForwardedTo, query.ForwardId, query.Patience) = (to, context.NextId(), context.Options.Resend + TravelTime(query));
        _forwarded.Add(query.ForwardId, query);
        Resend(query);
    }

    /// <summary>What the answer may take on the slowest link: asking again before makes the other host read and send it all once more.</summary>
    private long TravelTime(PendingQuery query)
    {
        if (query.Body is not QueryBody.Read read)
            return 0;
        var largest = (long)Math.Min(replicas.Find(query.Incarnation)?.State.Attributes.MaxSectionSize ?? 0, LinkCodec.UpdateMaxBytes);
        var looked = read.Elements.Take(context.Options.BatchMax).ToArray(); // The others are taken for as large.
        var bytes = looked.Sum(element => element.IsWhole ? largest : (long)Math.Min(element.Range.Length, (ulong)largest));
        return Math.Min(Saturating.Multiply(bytes, read.Elements.Count) / Math.Max(1, looked.Length), LinkCodec.UpdateMaxBytes) * context.Options.ResendPerByte;
    }

    private void Resend(PendingQuery query)
    {
        query.ResendAt = context.Now + query.Patience;
        query.Patience += Math.Min(query.Patience, context.Options.ResendMax);
        context.Send(query.ForwardedTo!, new HostMessage.Query(keeper.Number, query.Incarnation, query.ForwardId, query.Deadline, query.Body));
    }

    private static bool IsTouched(Replica replica, QueryBody body)
    {
        if (replica.IsDeleted)
            return true;
        if (replica.Pending is not { Changes: > 0 } pending)
            return false;
        return body switch
        {
            QueryBody.Read read => pending.Touches(read.Elements),
            QueryBody.DescribeSections describe => describe.Ids.Any(pending.Touches),
            _ => true,
        };
    }

    private static void Refuse(PendingQuery query, string why) => query.Answer(new QueryResult.Refused(AisStatus.TryAgain, why));
}
