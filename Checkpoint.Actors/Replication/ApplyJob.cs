using Checkpoint.Actors.Content;

namespace Checkpoint.Actors.Replication;

/// <summary>Applies one large update that is stable. The mark moves when it is done; until then nothing after it is applied.</summary>
/// <param name="ended">Told once: what it threw, or null when it is applied.</param>
internal sealed class ApplyJob(Replica replica, TableUpdate update, long sliceWork, Action<Exception?> ended) : MachineJob
{
    public override bool IsPublishing => update.IsPublishing;

    public override bool Step()
    {
        Exception? failure = null;
        try
        {
            if (!update.Step(sliceWork))
                return false;
        }
        catch (Exception e) when (e is not BrokenOrderException)
        {
            failure = e;
        }

        replica.Job = null;
        ended(failure);
        return true;
    }
}
