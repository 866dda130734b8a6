namespace Checkpoint.Actors.Replication;

/// <summary>Goes on with applying what is stable, where many updates became so at once. Between its steps the content is that of a mark like any other.</summary>
/// <param name="goOn">Applies some more, and begins another job when more are left.</param>
internal sealed class AdvanceJob(Replica replica, Action<Replica> goOn) : MachineJob
{
    public override bool Yields => true;

    public override bool Step()
    {
        replica.Job = null;
        goOn(replica);
        return true;
    }
}
