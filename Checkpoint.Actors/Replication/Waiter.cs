using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>Somebody who is told when an entry of a log is stable.</summary>
internal readonly record struct Waiter(long Sequence, IOutcome Outcome);

/// <summary>What is told, once: the entry is stable, or it is not known whether it ever will be.</summary>
internal interface IOutcome
{
    void Stable();

    void Unknown(string why);
}

/// <summary>A change of one of this host's sessions.</summary>
internal sealed class LocalChangeOutcome(MachineContext context, Replica replica, PendingChange change, ContentResult result) : IOutcome
{
    public void Stable() => Answer(result);

    public void Unknown(string why) => Answer(new ContentResult(AisStatus.Timeout, why));

    private void Answer(ContentResult answer)
    {
        replica.Outgoing.Ordered.Remove(change.Id);
        change.Answer(context, answer);
    }
}

/// <summary>A change of a session on another host. Nothing is said when the outcome is unknown: that host knows by itself.</summary>
internal sealed class RemoteChangeOutcome(MachineContext context, Func<long> view, HostId from, ulong id, ContentResult result) : IOutcome
{
    public void Stable() => context.Send(from, new HostMessage.ChangeAnswer(view(), id, false, result));

    public void Unknown(string why)
    {
    }
}

/// <summary>Anything else.</summary>
internal sealed class ActionOutcome(Action stable, Action<string> unknown) : IOutcome
{
    public void Stable() => stable();

    public void Unknown(string why) => unknown(why);
}
