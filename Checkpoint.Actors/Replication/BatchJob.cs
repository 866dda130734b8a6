namespace Checkpoint.Actors.Replication;

/// <summary>Goes on with many small things that may all be done now: what was begun in one step has done a batch of them, this does the next.</summary>
/// <param name="next">Does a batch, and begins another job when more are left.</param>
internal sealed class BatchJob(Action next) : MachineJob
{
    public override bool Step()
    {
        next();
        return true;
    }
}
