using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>How a request begins: the checks in their order, the quotas, the question to the service.</summary>
public sealed partial class SessionState
{
    private void Begin(Request request, SessionNow now, List<SessionEffect> effects)
    {
        var command = request.Command;
        if (_isLeaving)
        {
            Refuse(request.Id, new Refusal(AisStatus.TryAgain, "the host leaves"), effects);
            return;
        }

        if (ArgumentChecks.Check(command, request.Budget, rules) is { } wrong)
        {
            Refuse(request.Id, wrong, effects);
            return;
        }

        var handle = HandleOf(command, out var iteration, out var isMissing);
        var refusal = isMissing
            ? new Refusal(AisStatus.BadHandle, "no such handle")
            : handle is null
                ? null
                : HandleChecks.Check(command, request.Budget, handle.Opener.Flags, handle.Attributes, rules) ?? CheckPastExpiration(command, now);
        refusal ??= CheckQuotas(command);
        if (refusal is not null)
        {
            Refuse(request.Id, refusal, effects);
            return;
        }

        var budget = request.Budget == 0 ? AisTime.FromTimeSpan(limits.DefaultBudget) : request.Budget;
        Begin(request, now.After(budget), handle, iteration, now, effects);
    }

    private void Begin(
        Request request, long deadline, OpenHandle? handle, SectionIteration? iteration, SessionNow now, List<SessionEffect> effects)
    {
        var command = Normalize(request.Command, now);
        if (command is IterationFinalize)
        {
            RemoveIteration(iteration!);
            effects.Add(new SessionEffect.ToClient(new Answer(request.Id, AisStatus.Ok)));
            return;
        }

        var pending = new PendingRequest(request.Id, command, deadline)
        {
            Handle = handle,
            Iteration = iteration,
            Name = NameOf(command),
            Bytes = RequestBytes.Of(command),
        };
        if (command is Unlink && pending.Name is null)
        {
            Refuse(request.Id, new Refusal(AisStatus.NotExist, "the name is empty up to its first NUL"), effects);
            return;
        }

        _pending.Add(pending);
        _bytesInFlight += pending.Bytes;
        Prepare(pending, effects);
        if (command is IterationNext next && !TakeSlice(pending, next.CountMax))
            Finish(pending, AisStatus.NoSections, "nothing more matches", effects);
        else if (command is Track { On: false } && Trackers(handle!.Incarnation).Any())
            Finish(pending, AisStatus.Ok, null, effects); // Another handle of this client still wants the updates.
        else if (pending.Lane is not { } lane || lane.Enter(pending))
            Ask(pending, now, effects);
    }

    private void Prepare(PendingRequest pending, List<SessionEffect> effects)
    {
        switch (pending.Command)
        {
            case Open open:
                AddOpener(pending, open.Flags, effects);
                break;
            case Attach attach:
                AddOpener(pending, attach.Flags, effects);
                break;
            case Change:
                var incarnation = pending.Handle!.Incarnation;
                if (!_lanes.TryGetValue(incarnation, out var lane))
                    _lanes.Add(incarnation, lane = new ChangeLane());
                (pending.Lane, pending.Order) = (lane, ++_lastOrder);
                break;
            case Track { On: true } when !pending.Handle!.IsTracking:
                pending.Handle.StartTracking(limits.ChangeEventsMax);
                break;
            case Track { On: false }:
                pending.Handle!.StopTracking();
                break;
        }
    }

    private void AddOpener(PendingRequest pending, OpenFlags flags, List<SessionEffect> effects)
    {
        var known = rules.SmallRetentionIsZero ? flags | CheckpointProtocol.Opener.SmallRetentionIsZero : flags;
        pending.Opener = new CheckpointProtocol.Opener(host, id, ++_lastHandle, known);
        effects.Add(new SessionEffect.Present(pending.Name!, new SessionRegistryProtocol.OpenPresent(default, pending.Opener)));
    }

    private bool TakeSlice(PendingRequest pending, int countMax)
    {
        pending.Slice = pending.Iteration!.Take(Math.Min(countMax, SessionOptions.IterationCountMax), SessionOptions.IterationIdBytesMax);
        return pending.Slice.Count > 0;
    }

    private void Ask(PendingRequest pending, SessionNow now, List<SessionEffect> effects)
    {
        if (pending.Command is Read or IterationNext && !_held.MayAsk(pending))
            return;
        pending.Room = pending.Command switch
        {
            Read or IterationNext => new Reservation(room.Answers),
            IterationInitialize => new Reservation(room.Iterations),
            _ => null,
        };
        if (pending.Command is IterationNext && !pending.Room!.TryReserve(SizeOf(pending.Slice)))
        {
            Hold(pending, pending.Room, now, effects);
            return;
        }

        pending.Number = NextNumber();
        _asked.Add(pending.Number, pending);
        effects.Add(Question(pending, now.WallOf(pending.Deadline)));
    }

    private SessionEffect Question(PendingRequest pending, long wallDeadline)
    {
        var (number, handle) = (pending.Number, pending.Handle);
        return pending.Command switch
        {
            Change change => Agent(new ReplicaAgentProtocol.Change(number, handle!.Incarnation, id, handle.Id, change.Op, pending.Deadline)),
            Read read => Agent(new ReplicaAgentProtocol.Read(number, handle!.Incarnation, read.Elements, pending.Deadline, pending.Room)),
            GetStatus => Agent(new ReplicaAgentProtocol.Describe(number, handle!.Incarnation, pending.Deadline)),
            Synchronize => Agent(new ReplicaAgentProtocol.Synchronize(number, handle!.Incarnation, pending.Deadline)),
            IterationInitialize initialize => Agent(new ReplicaAgentProtocol.List(
                number, handle!.Incarnation, initialize.Chosen, initialize.Time, pending.Deadline, pending.Room)),
            IterationNext => Agent(new ReplicaAgentProtocol.DescribeSections(number, handle!.Incarnation, pending.Slice, pending.Deadline)),
            Track { On: true } => Agent(new ReplicaAgentProtocol.Track(number, handle!.Incarnation)),
            Track => Agent(new ReplicaAgentProtocol.Untrack(number, handle!.Incarnation)),
            Open open => Entity(new CheckpointProtocol.Open(
                pending.Name!, number, wallDeadline, pending.Opener!, open.Attributes, rules.RetentionInCompare, null)),
            Attach attach => Entity(new CheckpointProtocol.Open(
                pending.Name!, number, wallDeadline, pending.Opener!, null, rules.RetentionInCompare, attach.Incarnation)),
            Close => Entity(new CheckpointProtocol.Close(handle!.Name, number, wallDeadline, handle.Incarnation, handle.Opener)),
            Unlink => Entity(new CheckpointProtocol.Unlink(pending.Name!, number, wallDeadline)),
            SetRetention set => Entity(new CheckpointProtocol.SetRetention(handle!.Name, number, wallDeadline, handle.Incarnation, set.Duration)),
            SetActiveReplica => Entity(new CheckpointProtocol.SetActive(handle!.Name, number, wallDeadline, handle.Incarnation, host)),
            _ => new SessionEffect.Administer(number, pending.Command, pending.Deadline),
        };
    }

    private static long SizeOf(IReadOnlyList<SectionId> slice) => 256 + slice.Sum(section => 27L + section.Length);

    private static SessionEffect.ToAgent Agent(ReplicaAgentProtocol.ICommand command) => new(command);

    private static SessionEffect.ToEntity Entity(CheckpointCommand command) => new(command);

    private OpenHandle? HandleOf(Command command, out SectionIteration? iteration, out bool isMissing)
    {
        iteration = null;
        ulong? wanted = command switch
        {
            Change change => change.Handle,
            Read read => read.Handle,
            Close close => close.Handle,
            SetRetention set => set.Handle,
            SetActiveReplica active => active.Handle,
            GetStatus status => status.Handle,
            Synchronize synchronize => synchronize.Handle,
            IterationInitialize initialize => initialize.Handle,
            Track track => track.Handle,
            _ => null,
        };
        ulong? wantedIteration = command switch
        {
            IterationNext next => next.Iteration,
            IterationFinalize finalize => finalize.Iteration,
            _ => null,
        };
        if (wantedIteration is { } number)
            _iterations.TryGetValue(number, out iteration);
        var handle = wanted is { } key ? _handles.GetValueOrDefault(key) : iteration?.Handle;
        isMissing = handle is null && (wanted is not null || wantedIteration is not null);
        return handle;
    }

    private Refusal? CheckPastExpiration(Command command, SessionNow now) =>
        rules.RefusesPastExpiration && command is Change { Op: ContentOp.SetExpiration set } && set.ExpirationTime <= now.Wall
            ? Refusal.Invalid($"expiration time {set.ExpirationTime} ns is past")
            : null;

    private Refusal? CheckQuotas(Command command)
    {
        if (command is Close or IterationFinalize)
            return null; // They only give back.
        if (_pending.Count >= limits.OutstandingMax)
            return new Refusal(AisStatus.NoResources, $"{_pending.Count} requests outstanding, at most {limits.OutstandingMax} a client");
        var opening = command is Open or Attach ? _pending.Count(pending => pending.Opener is not null) : 0;
        if (command is Open or Attach && _handles.Count + opening >= limits.HandlesMax)
            return new Refusal(AisStatus.NoResources, $"{_handles.Count + opening} handles, at most {limits.HandlesMax} a client");
        if (command is IterationInitialize && _iterations.Count >= limits.IterationsMax)
            return new Refusal(AisStatus.NoResources, $"{_iterations.Count} iterations, at most {limits.IterationsMax} a client");
        if (command is Change change && ContentOpCodec.TooBig(change.Op) is { } tooBig)
            return new Refusal(AisStatus.NoResources, tooBig); // From here it would be lost on its way to the orderer's host.
        if (command is Read { Elements.Count: > ContentOpCodec.ElementsMax and var count })
            return new Refusal(AisStatus.NoMemory, $"the vector has {count} elements, and one vector at most {ContentOpCodec.ElementsMax}");
        if (command is Read read && ReadCodec.SizeHint(read.Elements) is var size && size > LinkCodec.UpdateMaxBytes)
            return new Refusal(AisStatus.NoMemory, $"the read has {size} bytes, and one message between hosts at most {LinkCodec.UpdateMaxBytes}");
        var bytes = RequestBytes.Of(command);
        return _bytesInFlight + bytes > limits.InFlightBytesMax
            ? new Refusal(AisStatus.NoMemory, $"{_bytesInFlight} + {bytes} bytes in flight, at most {limits.InFlightBytesMax} a client")
            : null;
    }

    private CheckpointName? NameOf(Command command) => command switch
    {
        Open open => ArgumentChecks.NameOf(open.Name, rules),
        Attach attach => ArgumentChecks.NameOf(attach.Name, rules) ?? attach.Name,
        Unlink unlink => ArgumentChecks.NameOf(unlink.Name, rules),
        _ => null,
    };

    /// <summary>What the profile reads differently from what the service understands.</summary>
    private Command Normalize(Command command, SessionNow now) => command switch
    {
        Change { Op: ContentOp.CreateSection create } change when rules.PastExpirationIsForEver && create.ExpirationTime <= now.Wall =>
            change with { Op = create with { ExpirationTime = AisTime.End } },
        _ => command,
    };
}
