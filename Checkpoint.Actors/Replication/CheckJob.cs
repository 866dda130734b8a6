using Checkpoint.Actors.Content;

namespace Checkpoint.Actors.Replication;

/// <summary>Checks a long vector at its orderer. Nothing else of the checkpoint is ordered meanwhile, so what is checked stays as it is.</summary>
/// <param name="check">So many more elements; null when there are more.</param>
internal sealed class CheckJob(Replica replica, Func<long, ContentVerdict?> check, long sliceWork, Action<ContentVerdict> checkedIt) : MachineJob
{
    public override bool HoldsOrder => true;

    public override bool Step()
    {
        if (check(Math.Max(1, sliceWork / ContentWork.PerElement)) is not { } verdict)
            return false;
        replica.Job = null;
        checkedIt(verdict);
        return true;
    }
}
