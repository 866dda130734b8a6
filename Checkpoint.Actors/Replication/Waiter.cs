using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>Somebody who is told when an entry of a log is stable.</summary>
internal readonly record struct Waiter(long Sequence, IOutcome Outcome);

/// <summary>What is told, once: the entry is stable, no host has the content that it changed any more, or it is not known whether it ever will be stable.</summary>
internal interface IOutcome
{
    void Stable();

    void Lost(ContentResult answer);

    void Unknown(string why);
}

/// <summary>A change of one of this host's sessions.</summary>
internal sealed class LocalChangeOutcome(MachineContext context, Replica replica, PendingChange change, ContentResult result) : IOutcome
{
    public void Stable() => Answer(result);

    public void Lost(ContentResult answer) => Answer(answer);

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
    public void Stable() => Lost(result);

    public void Lost(ContentResult answer) => context.Send(from, new HostMessage.ChangeAnswer(view(), id, false, answer));

    public void Unknown(string why)
    {
    }
}

/// <summary>Anything else.</summary>
internal sealed class ActionOutcome(Action stable, Action<string> unknown) : IOutcome
{
    public void Stable() => stable();

    /// <summary>It changed no content.</summary>
    public void Lost(ContentResult answer) => stable();

    public void Unknown(string why) => unknown(why);
}
