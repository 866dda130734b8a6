using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// Changes of existence, asked for by entities: brought to the orderer's host (a creation: to the creator's) and tried again until they are
/// answered, across changes of view and hand-overs.
/// </summary>
internal sealed class Controls(
    MachineContext context, ViewKeeper keeper, Heartbeats heartbeats, Replicas replicas, ViewStart recovery, ControlExecutor executor)
{
    private readonly List<PendingControl> _open = [];
    private readonly Dictionary<ulong, PendingControl> _sent = [];
    private readonly Dictionary<(HostId Host, ulong Id), PendingControl> _remote = [];

    public void Submit(PendingControl control)
    {
        if (_open.Count >= context.Options.ParkedCountMax)
        {
            control.Answer(AisStatus.TryAgain, $"{context.Options.ParkedCountMax} requests wait already");
            return;
        }

        _open.Add(control);
        Try(control);
        if (control.IsAnswered)
            _open.Remove(control);
    }

    public void OnControl(HostId from, HostMessage.Control control)
    {
        var key = (from, control.Id);
        if (_remote.ContainsKey(key))
            return; // It waits here to become stable.
        var offset = heartbeats.Of(from).ClockOffset ?? 0;
        var deadline = control.Deadline == AisTime.End ? AisTime.End : Saturating.Add(control.Deadline, offset);
        var pending = new PendingControl(control.Incarnation, control.Body, deadline, (status, reason) =>
        {
            _remote.Remove(key);
            context.Send(from, new HostMessage.ControlAnswer(keeper.Number, control.Id, false, status, reason));
        });
        _remote.Add(key, pending);
        if (executor.Run(pending))
            return;
        _remote.Remove(key);
        if (!pending.IsAnswered)
            context.Send(from, new HostMessage.ControlAnswer(keeper.Number, control.Id, true, AisStatus.TryAgain, "not now, or not here"));
    }

    public void OnAnswer(HostMessage.ControlAnswer answer)
    {
        if (answer.View != keeper.Number || !_sent.Remove(answer.Id, out var control))
            return;
        control.SentTo = null;
        if (answer.WasMoved)
            control.RetryAt = context.Now + (4 * context.Options.TickInterval);
        else
            control.Answer(answer.Status, answer.Reason);
    }

    /// <summary>A new view: everything is tried again under it.</summary>
    public void OnAdopted()
    {
        _sent.Clear();
        _remote.Clear();
        foreach (var control in _open)
            (control.SentTo, control.IsAttached, control.RetryAt) = (null, false, long.MinValue);
    }

    public void EndAll(string why)
    {
        foreach (var control in _open)
            control.Answer(control.WasTried ? AisStatus.Timeout : AisStatus.Unavailable, why);
        _open.Clear();
        _sent.Clear();
        _remote.Clear();
    }

    public void Tick()
    {
        for (var index = _open.Count - 1; index >= 0; index--)
        {
            var control = _open[index];
            if (!control.IsAnswered && context.Now >= control.Deadline)
                control.Answer(control.WasTried ? AisStatus.Timeout : AisStatus.TryAgain, "not stable before the deadline");
            else if (!control.IsAnswered && !control.IsAttached && context.Now >= control.RetryAt)
                Try(control);
            if (!control.IsAnswered)
                continue;
            _sent.Remove(control.Id);
            _open.RemoveAt(index);
        }
    }

    private void Try(PendingControl control)
    {
        control.RetryAt = context.Now + (4 * context.Options.TickInterval);
        if (!recovery.IsStarted || !keeper.HasLease || Target(control) is not { } target)
            return;
        if (target == context.Self)
        {
            executor.Run(control);
            return;
        }

        if (!heartbeats.IsHeard(target))
            return;
        _sent.Remove(control.Id);
        (control.SentTo, control.Id, control.WasTried) = (target, control.SentTo == target ? control.Id : context.NextId(), true);
        control.RetryAt = context.Now + (2 * context.Options.Resend);
        _sent[control.Id] = control;
        context.Send(target, new HostMessage.Control(keeper.Number, control.Incarnation, control.Id, control.Deadline, control.Body));
    }

    /// <summary>Who can do it; null when nobody can now, or it has just been answered.</summary>
    private HostId? Target(PendingControl control)
    {
        if (replicas.Find(control.Incarnation) is { } replica)
            return replica.OrdererHost;
        switch (control.Body)
        {
            case ControlBody.Create create when keeper.Current!.Contains(create.State.NamedOrderer):
                return create.State.NamedOrderer;
            case ControlBody.Create create:
                control.Answer(AisStatus.TryAgain, $"{create.State.NamedOrderer} is not in view {keeper.Number}");
                return null;
            case ControlBody.Delete when recovery.IsAllStarted():
                control.Answer(AisStatus.Ok);
                return null;
            case ControlBody.Delete:
                return null; // A host without the START might still bring it back.
            default:
                control.Answer(AisStatus.NotExist, $"view {keeper.Number} has no incarnation {control.Incarnation}");
                return null;
        }
    }
}
