using Checkpoint.Protocol;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Actors.Replication;

/// <content>What the actors of this host ask for.</content>
public sealed partial class HostMachine
{
    private void OnCommand(ICommand command, object caller)
    {
        switch (command)
        {
            case GetAgentStatus status:
                _context.Reply(caller, StatusReport.Make(status.Number, _keeper, _heartbeats, _journal, _replicas, _recovery, _context.Options));
                break;
            case Untrack untrack:
                _replicas.Find(untrack.Incarnation)?.Trackers.Remove(caller);
                _context.Reply(caller, Done.Ok(untrack.Number));
                break;
            case DrainHost drain:
                _drain.Begin(drain, caller);
                break;
            default:
                if (Unavailable() is { } reason)
                    _context.Reply(caller, Refusal(command, AisStatus.Unavailable, reason));
                else
                    OnServed(command, caller);
                break;
        }
    }

    private void OnServed(ICommand command, object caller)
    {
        switch (command)
        {
            case Change change:
                _changes.Submit(change, caller);
                break;
            case Track track:
                Track(track, caller);
                break;
            case GetLive live:
                Live(live, caller);
                break;
            case Read or Describe or List or DescribeSections or Synchronize:
                Query(command, caller);
                break;
            default:
                Control(command, caller);
                break;
        }
    }

    /// <summary>Left out or retired for good, or without a serving view for very long.</summary>
    private string? Unavailable()
    {
        if (_keeper.IsLeftOut)
            return "this host is out of the view";
        if (_keeper.IsRetired)
            return "this host has retired";
        if (_recovery.IsStarted && _keeper.HasLease)
        {
            _unservedSince = long.MinValue;
            return null;
        }

        if (_unservedSince == long.MinValue)
            _unservedSince = _context.Now;
        return _context.Now >= _unservedSince + _context.Options.UnavailableAfter ? "no view serves on this host" : null;
    }

    private void Track(Track track, object caller)
    {
        if (_replicas.Find(track.Incarnation) is not { } replica)
            _context.Reply(caller, new Done(track.Number, _recovery.IsStarted ? AisStatus.NotExist : AisStatus.TryAgain, "no such incarnation here"));
        else if (!replica.IsFull)
            _context.Reply(caller, new Done(track.Number, AisStatus.TryAgain, "this host's replica is being filled"));
        else if (replica.IsSetAside)
            _context.Reply(caller, new Done(track.Number, AisStatus.Library, SetAsideText.Reason(replica)));
        else if (replica.Trackers.Contains(caller))
            _context.Reply(caller, Done.Ok(track.Number));
        else if (replica.Trackers.Count >= _context.Options.TrackersMax)
            _context.Reply(caller, new Done(track.Number, AisStatus.NoResources, $"{replica.Trackers.Count} trackers is the limit"));
        else
        {
            replica.Trackers.Add(caller);
            _context.Reply(caller, Done.Ok(track.Number));
        }
    }

    private void Live(GetLive live, object caller)
    {
        if (!_recovery.IsStarted || !_keeper.HasLease)
            _context.Reply(caller, new Live(live.Number, AisStatus.TryAgain, "no view serves", _keeper.Number, _keeper.Current?.Hosts ?? [], []));
        else
            _context.Reply(caller, new Live(
                live.Number,
                AisStatus.Ok,
                null,
                _keeper.Number,
                _keeper.Current!.Hosts,
                [.. _replicas.Named(live.Name).Where(replica => !replica.IsDeleted).Select(replica => replica.Id).Order()]));
    }

    private void Query(ICommand command, object caller)
    {
        var (incarnation, deadline, body) = command switch
        {
            Read read => (read.Incarnation, read.Deadline, (QueryBody)new QueryBody.Read(read.Elements)),
            Describe describe => (describe.Incarnation, describe.Deadline, new QueryBody.Describe()),
            List list => (list.Incarnation, list.Deadline, new QueryBody.List(list.Chosen, list.Time)),
            DescribeSections sections => (sections.Incarnation, sections.Deadline, new QueryBody.DescribeSections(sections.Ids)),
            Synchronize synchronize => (synchronize.Incarnation, synchronize.Deadline, new QueryBody.Synchronize()),
            _ => throw new InvalidOperationException($"No rule reads {command.GetType().Name}."),
        };
        _queries.Submit(new PendingQuery(
            incarnation, body, deadline, isRemote: false, result => _context.Reply(caller, ReplyTo(command, result)), null)
        {
            Room = command switch { Read read => read.Room, List list => list.Room, _ => null },
        });
    }

    private void Control(ICommand command, object caller)
    {
        var (incarnation, deadline, body) = command switch
        {
            Create create => (create.Incarnation, create.Deadline, (ControlBody)new ControlBody.Create(StateOf(create))),
            Delete delete => (delete.Incarnation, delete.Deadline, new ControlBody.Delete()),
            SetRetention set => (set.Incarnation, set.Deadline, new ControlBody.SetRetention(set.Duration)),
            MarkUnlinked mark => (mark.Incarnation, mark.Deadline, new ControlBody.MarkUnlinked()),
            SetActive set => (set.Incarnation, set.Deadline, new ControlBody.SetActive(set.To)),
            AddReplica add => (add.Incarnation, add.Deadline, new ControlBody.AddReplica(add.Host)),
            _ => throw new InvalidOperationException($"No rule executes {command.GetType().Name}."),
        };
        _controls.Submit(new PendingControl(
            incarnation, body, deadline, (status, reason) => _context.Reply(caller, new Done(command.Number, status, reason))));
    }

    private static IncarnationState StateOf(Create create) => new(
        create.Incarnation,
        create.Name,
        create.Attributes,
        create.CreationTime,
        create.Attributes.RetentionDuration,
        false,
        create.Creator,
        null,
        create.Attributes.Flags.IsCollocated() ? [create.Creator] : []);

    private static IReply Refusal(ICommand command, AisStatus status, string reason) => command switch
    {
        Change change => new Changed(change.Number, new ContentResult(status, reason)),
        Read or Describe or List or DescribeSections or Synchronize => ReplyTo(command, new QueryResult.Refused(status, reason)),
        GetLive live => new Live(live.Number, status, reason, 0, [], []),
        _ => new Done(command.Number, status, reason),
    };

    private static IReply ReplyTo(ICommand command, QueryResult result)
    {
        var refused = result as QueryResult.Refused;
        return command switch
        {
            Read read => new ReadDone(read.Number, result is QueryResult.Read data
                ? new ReadResult(AisStatus.Ok, data.Data)
                : ReadResult.Refused(refused!.Status, refused.Reason ?? "", refused.ErroneousIndex), read.Room),
            Describe describe => new Described(
                describe.Number, refused?.Status ?? AisStatus.Ok, refused?.Reason, (result as QueryResult.Described)?.Descriptor),
            List list => new Listed(list.Number, refused?.Status ?? AisStatus.Ok, refused?.Reason, (result as QueryResult.Listed)?.Ids ?? [], list.Room),
            DescribeSections sections => new SectionsDescribed(
                sections.Number, refused?.Status ?? AisStatus.Ok, refused?.Reason, (result as QueryResult.SectionsDescribed)?.Descriptors ?? []),
            _ => new Done(command.Number, refused?.Status ?? AisStatus.Ok, refused?.Reason),
        };
    }
}
