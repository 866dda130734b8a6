using Checkpoint.Actors.Content;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// Answers queries from a replica: at once, or in slices when it is too much for one step. The lease is checked again when a sliced one is done; without
/// it, and at a new view, the query begins again.
/// </summary>
/// <param name="again">Serve it again: the view that it was asked in is over, or its replica is gone.</param>
/// <param name="wait">Serve it again when the replica's mark moves, or its job ends.</param>
internal sealed class QueryJobs(
    MachineContext context, ViewKeeper keeper, Replicas replicas, Action<PendingQuery> again, Action<PendingQuery, Replica> wait)
{
    private readonly Dictionary<PendingQuery, QueryJob> _working = [];

    public IReadOnlyCollection<PendingQuery> Queries => _working.Keys;

    /// <param name="pending">Null: the stable state. Else the head.</param>
    public void Read(PendingQuery query, Replica replica, PendingSections? pending)
    {
        QueryResult? result;
        IQuerySteps? steps;
        try
        {
            context.Options.ContentFault?.Invoke(ContentStep.Read, replica.Name, null);
            (result, steps) = TableReader.Begin(query.Body, replica, pending, query.Room);
        }
        catch (Exception e)
        {
            (result, steps) = (Failed(query, replica, e), null);
        }

        if (steps is null)
        {
            query.Answer(result!);
            return;
        }

        if (steps.NeedsTable && replica.Job is { Yields: false })
        {
            query.WaitFor = Math.Max(query.WaitFor, 0);
            wait(query, replica);
            return;
        }

        var job = new QueryJob(replica, steps, context.Options.SliceWork, replicas.OnJobEnded, (done, e) => OnDone(query, done, e));
        if (steps.NeedsTable)
        {
            replica.StopJob();
            replica.Job = job;
        }

        _working.Add(query, job);
        context.Jobs.Begin(job);
    }

    /// <summary>What has been looked up by now is answered all the same: it was there while the query was asked.</summary>
    public void OnGone(Replica replica)
    {
        foreach (var (query, job) in _working.Where(pair => pair.Value.Replica == replica && !pair.Value.IsLookedUp).ToArray())
        {
            job.Cancel();
            _working.Remove(query);
            again(query);
        }
    }

    public void Stop()
    {
        foreach (var job in _working.Values)
        {
            job.Cancel();
            if (job.Replica.Job == job)
                job.Replica.Job = null;
        }

        _working.Clear();
    }

    /// <summary>A read that throws is answered LIBRARY: it changes nothing, so the content is as good as before.</summary>
    private QueryResult Failed(PendingQuery query, Replica replica, Exception e) =>
        new QueryResult.Refused(AisStatus.Library, replicas.CallFailed(replica, $"A {query.Body.GetType().Name}", e));

    private void OnDone(PendingQuery query, QueryJob job, Exception? failure)
    {
        _working.Remove(query);
        if (keeper.HasLease)
            query.Answer(failure is null ? job.Result : Failed(query, job.Replica, failure));
        else
            again(query);
    }
}
