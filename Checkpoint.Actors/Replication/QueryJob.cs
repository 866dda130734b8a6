using Checkpoint.Actors.Content;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// A large read or a long list. While it looks sections up, nothing is ordered or applied, so that all of it is of one state; the bytes of the sections
/// that it has found are copied beside whatever goes on then.
/// </summary>
/// <param name="released">It has seen all that it needs of the replica.</param>
/// <param name="done">Told once, with what it threw, or null when there is a result.</param>
internal sealed class QueryJob(
    Replica replica, IQuerySteps steps, long sliceWork, Action<Replica> released, Action<QueryJob, Exception?> done) : MachineJob
{
    public Replica Replica => replica;

    /// <summary>What it still needs it has.</summary>
    public bool IsLookedUp => !steps.NeedsTable;

    public Checkpoint.Protocol.QueryResult Result => steps.Result;

    public override bool HoldsOrder => true;

    public override bool Step()
    {
        var isDone = false;
        Exception? failure = null;
        try
        {
            isDone = steps.Step(sliceWork);
        }
        catch (Exception e)
        {
            failure = e;
        }

        if ((failure is not null || !steps.NeedsTable) && replica.Job == this)
        {
            replica.Job = null;
            released(replica);
        }

        isDone |= failure is not null;
        if (isDone && !IsCancelled)
            done(this, failure);
        return isDone;
    }
}
