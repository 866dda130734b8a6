using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>How a request ends: the service's reply, another attempt, or its deadline.</summary>
public sealed partial class SessionState
{
    /// <summary>A reply of the host's agent.</summary>
    public void Receive(ReplicaAgentProtocol.IReply reply, SessionNow now, List<SessionEffect> effects)
    {
        if (!_asked.Remove(reply.Number, out var pending))
        {
            GiveBack(reply); // It had ended before its answer came.
            return;
        }

        if (reply.Status == AisStatus.TryAgain)
            Again(pending, reply.Reason, now, effects);
        else if (reply is ReplicaAgentProtocol.ReadDone { Status: AisStatus.NoMemory, Room: { Refused: not null, IsHopeless: false } full })
            Hold(pending, full, now, effects);
        else if (reply.Status != AisStatus.Ok)
            Finish(pending, reply.Status, reply.Reason, effects, IndexOf(reply));
        else if (!IsHandleOpen(pending))
        {
            GiveBack(reply);
            Finish(pending, AisStatus.BadHandle, "the handle was closed meanwhile", effects);
        }
        else
            Complete(pending, reply, now, effects);
    }

    /// <summary>A reply of an entity.</summary>
    public void Receive(CheckpointProtocol.IReply reply, SessionNow now, List<SessionEffect> effects)
    {
        if (_closings.Answered(reply, now))
        {
            _closings.Proceed(NextNumber, now, effects);
            FinishIfDone(effects);
            return;
        }

        if (!_asked.Remove(reply.Number, out var pending))
            return;
        var reason = (reply as CheckpointProtocol.Refused)?.Reason;
        if (reply.Status == AisStatus.TryAgain)
            Again(pending, reason, now, effects);
        else if (reply is CheckpointProtocol.Opened opened)
            Complete(pending, opened, effects);
        else if (!IsHandleOpen(pending))
            Finish(pending, AisStatus.BadHandle, "the handle was closed meanwhile", effects);
        else
        {
            if (reply.Status == AisStatus.Ok && pending.Command is Close)
                RemoveHandle(pending.Handle!, effects);
            Finish(pending, reply.Status, reason, effects);
        }
    }

    /// <summary>The answer to an administration command.</summary>
    public void Administered(ulong number, AisStatus status, string? reason, Result? body, SessionNow now, List<SessionEffect> effects)
    {
        if (!_asked.Remove(number, out var pending))
            return;
        if (status == AisStatus.TryAgain)
            Again(pending, reason, now, effects);
        else if (body is not null && room.Answers.Reserve(SessionRoom.BytesOf(new Answer(pending.RequestId, status, reason, Body: body))) is { } full)
            Finish(pending, AisStatus.NoMemory, full, effects);
        else
            Finish(pending, status, reason, effects, body: body);
    }

    /// <summary>A stable update of a tracked checkpoint.</summary>
    public void Receive(ReplicaAgentProtocol.Update update, List<SessionEffect> effects)
    {
        if (update.Changes.Count == 0)
            return;
        foreach (var handle in Trackers(update.Incarnation))
            if ((update.Writer != id || update.WriterHandle != handle.Id) && handle.Offer(update.Position, update.Changes, room.Answers) is { } changed)
                effects.Add(new SessionEffect.ToClient(changed));
    }

    /// <summary>A tracked checkpoint does not exist any more: nothing follows the gap without end that its trackers get.</summary>
    public void Receive(ReplicaAgentProtocol.Gone gone, List<SessionEffect> effects)
    {
        foreach (var handle in Trackers(gone.Incarnation).ToList())
        {
            handle.StopTracking();
            effects.Add(new SessionEffect.ToClient(new Gap(handle.Id, long.MaxValue)));
        }
    }

    private IEnumerable<OpenHandle> Trackers(IncarnationId incarnation) =>
        _handles.Values.Where(handle => handle.IsTracking && handle.Incarnation == incarnation);

    private void Again(PendingRequest pending, string? reason, SessionNow now, List<SessionEffect> effects)
    {
        pending.Number = 0;
        pending.LastReason = reason;
        pending.Room?.Release();
        if (pending.Lane is { } lane)
        {
            if (!lane.Refused(pending, now.Monotonic))
                Finish(pending, AisStatus.TryAgain, reason, effects);
            return;
        }

        pending.RetryAt = now.After(Backoff.After(pending.Attempts++));
        if (pending.RetryAt >= pending.Deadline)
            Finish(pending, AisStatus.TryAgain, reason, effects);
    }

    /// <summary>There was no room for its bytes: it waits until the client has taken others, or others have.</summary>
    private void Hold(PendingRequest pending, Reservation full, SessionNow now, List<SessionEffect> effects)
    {
        (pending.Number, pending.LastReason) = (0, full.Refused);
        if (now.Monotonic >= pending.Deadline)
            Finish(pending, AisStatus.NoMemory, full.Refused, effects);
        else
            _held.Refused(pending, now.After(Backoff.After(pending.Attempts++)));
    }

    private static void GiveBack(ReplicaAgentProtocol.IReply reply)
    {
        switch (reply)
        {
            case ReplicaAgentProtocol.ReadDone read:
                read.Room?.Release();
                break;
            case ReplicaAgentProtocol.Listed listed:
                listed.Room?.Release();
                break;
        }
    }

    private bool IsDue(PendingRequest pending, SessionNow now) => pending.Number == 0
        ? now.Monotonic >= pending.Deadline || (pending.Lane is null && now.Monotonic >= pending.RetryAt)
        : now.Monotonic - AnswerGrace >= pending.Deadline;

    private void Due(PendingRequest pending, SessionNow now, List<SessionEffect> effects)
    {
        if (pending.Number != 0)
            Finish(pending, AisStatus.Timeout, "no reply within the deadline", effects);
        else if (now.Monotonic >= pending.Deadline)
            Finish(pending, pending.IsHeld ? AisStatus.NoMemory : AisStatus.TryAgain, pending.LastReason ?? "not begun within the deadline", effects);
        else
            Ask(pending, now, effects);
    }

    /// <summary>What took effect is told although the handle was closed meanwhile; what needs it to go on is not.</summary>
    private bool IsHandleOpen(PendingRequest pending) => pending.Command switch
    {
        Close or Track or IterationInitialize => _handles.ContainsKey(pending.Handle!.Id),
        IterationNext => _iterations.ContainsKey(pending.Iteration!.Id),
        _ => true,
    };

    private void Complete(PendingRequest pending, CheckpointProtocol.Opened opened, List<SessionEffect> effects)
    {
        var opener = pending.Opener!;
        _handles.Add(opener.Handle, new OpenHandle(opener.Handle, pending.Name!, opener, opened.Incarnation, opened.Attributes));
        effects.Add(new SessionEffect.Present(pending.Name!, new SessionRegistryProtocol.OpenPresent(opened.Incarnation, opener)));
        pending.Opener = null;
        Finish(pending, AisStatus.Ok, null, effects, body: new Opened(opener.Handle, opened.Incarnation, opened.Attributes));
    }

    private void Complete(PendingRequest pending, ReplicaAgentProtocol.IReply reply, SessionNow now, List<SessionEffect> effects)
    {
        switch (reply)
        {
            case ReplicaAgentProtocol.Changed changed:
                var isGenerated = pending.Command is Change { Op: ContentOp.CreateSection { Id.IsDefault: true } };
                var created = pending.Command is Change { Op: ContentOp.CreateSection create }
                    ? new SectionCreated(isGenerated ? changed.Result.GeneratedId : create.Id)
                    : null;
                Finish(pending, AisStatus.Ok, null, effects, body: created);
                break;
            case ReplicaAgentProtocol.ReadDone read:
                Finish(pending, AisStatus.Ok, null, effects, body: new Data(read.Result.Data)); // Its bytes are counted until the link has sent them.
                break;
            case ReplicaAgentProtocol.Described { Descriptor: { } descriptor }:
                Finish(pending, AisStatus.Ok, null, effects, body: new Status(descriptor));
                break;
            case ReplicaAgentProtocol.Listed listed:
                CompleteList(pending, listed, effects);
                break;
            case ReplicaAgentProtocol.SectionsDescribed described:
                CompleteNext(pending, described.Descriptors, now, effects);
                break;
            default:
                Finish(pending, AisStatus.Ok, null, effects);
                break;
        }
    }

    private void CompleteList(PendingRequest pending, ReplicaAgentProtocol.Listed listed, List<SessionEffect> effects)
    {
        var ids = listed.Ids;
        if (_iterationIds + ids.Count > limits.IterationIdsMax)
        {
            var reason = $"{_iterationIds} + {ids.Count} section ids in iterations, at most {limits.IterationIdsMax} a client";
            GiveBack(listed);
            Finish(pending, AisStatus.NoResources, reason, effects);
            return;
        }

        listed.Room?.Trim((long)TransitBudgets.IdOverheadBytes * ids.Count);
        var iteration = new SectionIteration(++_lastIteration, pending.Handle!, ids, listed.Room);
        _iterations.Add(iteration.Id, iteration);
        pending.Handle!.Iterations.Add(iteration.Id);
        _iterationIds += ids.Count;
        Finish(pending, AisStatus.Ok, null, effects, body: new IterationOpened(iteration.Id));
    }

    private void CompleteNext(PendingRequest pending, IReadOnlyList<SectionDescriptor?> descriptors, SessionNow now, List<SessionEffect> effects)
    {
        var living = descriptors.OfType<SectionDescriptor>().ToList();
        if (living.Count > 0)
        {
            var answer = new Sections(living);
            pending.Room?.Trim(SessionRoom.BytesOf(new Answer(pending.RequestId, AisStatus.Ok, Body: answer)));
            Finish(pending, AisStatus.Ok, null, effects, body: answer);
            return;
        }

        pending.Room?.Release();
        if (TakeSlice(pending, ((IterationNext)pending.Command).CountMax))
            Ask(pending, now, effects);
        else
            Finish(pending, AisStatus.NoSections, "nothing more matches", effects);
    }

    private void Finish(
        PendingRequest pending, AisStatus status, string? reason, List<SessionEffect> effects, int index = -1, Result? body = null)
    {
        _pending.Remove(pending);
        _asked.Remove(pending.Number);
        _bytesInFlight -= pending.Bytes;
        if (status != AisStatus.Ok && pending.Command is IterationNext)
            pending.Room?.Release();
        if (_held.Leave(pending) is { } next)
            next.RetryAt = 0;
        Release(pending, status, effects);
        var told = status == AisStatus.Unavailable ? rules.Unavailable : status;
        effects.Add(new SessionEffect.ToClient(new Answer(pending.RequestId, told, reason, index, body)));
        if (_isLeaving && !_farewellIsSaid && _pending.Count == 0 && !IsEnded)
            SayFarewell(effects);
    }

    private void Release(PendingRequest pending, AisStatus status, List<SessionEffect> effects)
    {
        if (pending.Lane is { } lane)
            LeaveLane(lane, pending, status, effects);
        if (pending.Iteration is { } iteration && status is not (AisStatus.Ok or AisStatus.NoSections))
            iteration.PutBack(pending.Slice);
        if (pending is { Command: Track { On: true }, Handle: { } tracker })
            ReleaseTracker(tracker, status);
        if (pending.Opener is { } opener)
        {
            if (status is AisStatus.Timeout or AisStatus.Unavailable)
                TakeBack(pending, effects);
            else
                effects.Add(new SessionEffect.Absent(pending.Name!, opener));
        }
    }

    /// <summary>What was on stays on, and what another order on its way may yet confirm.</summary>
    private void ReleaseTracker(OpenHandle handle, AisStatus status)
    {
        if (status == AisStatus.Ok)
            handle.ConfirmTracking();
        else if (!handle.IsTrackConfirmed && !_pending.Any(other => other.Handle == handle && other.Command is Track { On: true }))
            handle.StopTracking();
    }

    private void LeaveLane(ChangeLane lane, PendingRequest change, AisStatus status, List<SessionEffect> effects)
    {
        change.Lane = null;
        if (change.Number == 0)
            lane.Leave(change);
        else
            foreach (var tooLate in lane.Answered(change, status is AisStatus.Ok or AisStatus.Timeout or AisStatus.Unavailable))
            {
                tooLate.Lane = null;
                Finish(tooLate, AisStatus.TryAgain, tooLate.LastReason, effects);
            }

        if (lane.IsIdle)
            _lanes.Remove(change.Handle!.Incarnation);
    }

    private void RemoveHandle(OpenHandle handle, List<SessionEffect> effects)
    {
        _handles.Remove(handle.Id);
        foreach (var iteration in handle.Iterations.ToList())
            RemoveIteration(_iterations[iteration]);
        if (handle.IsTracking && !Trackers(handle.Incarnation).Any())
            effects.Add(new SessionEffect.ToAgent(new ReplicaAgentProtocol.Untrack(NextNumber(), handle.Incarnation)));
        effects.Add(new SessionEffect.Absent(handle.Name, handle.Opener));
    }

    private void RemoveIteration(SectionIteration iteration)
    {
        if (!_iterations.Remove(iteration.Id))
            return;
        iteration.Handle.Iterations.Remove(iteration.Id);
        _iterationIds -= iteration.IdCount;
        iteration.Room?.Release();
    }

    private static int IndexOf(ReplicaAgentProtocol.IReply reply) => reply switch
    {
        ReplicaAgentProtocol.Changed changed => changed.Result.ErroneousIndex,
        ReplicaAgentProtocol.ReadDone read => read.Result.ErroneousIndex,
        _ => -1,
    };
}
