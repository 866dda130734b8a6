using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <content>What other hosts say.</content>
public sealed partial class HostMachine
{
    private void OnMessage(HostId from, HostMessage message)
    {
        if (_keeper.IsLeftOut || from == _context.Self)
            return;
        switch (message)
        {
            case HostMessage.Beat beat:
                OnBeat(from, beat);
                return;
            case HostMessage.Row row:
                _keeper.OnRow(row.Latest);
                return;
            case HostMessage.ChangeAnswer answer:
                _changes.OnAnswer(answer); // A fact of an earlier view is a fact still.
                return;
        }

        if (message.View < _keeper.Number)
            _keeper.TellRow(from);
        else if (message.View > _keeper.Number)
            _journal.WantRead();
        else if (_keeper.Current is { } view && view.Contains(from) && !_keeper.IsRetired)
            OnCurrent(from, message);
    }

    private void OnBeat(HostId from, HostMessage.Beat beat)
    {
        if (_heartbeats.IsDead(from))
            return;
        var peer = _heartbeats.Of(from);
        if (beat.IsRetired)
        {
            _keeper.OnKnownDead(from, "it has retired");
            ProposeNow();
            return;
        }

        peer.HeardAt = peer.CameAt = _context.Now;
        peer.HearsUs = beat.Heard.Contains(_context.Self);
        peer.IsOutOfMemory = beat.IsOutOfMemory;
        peer.MeasureClock(beat.SentAt, _context.Now, _context.Options.LeaseMarginPercent);
        foreach (var host in beat.KnownDead)
            _keeper.OnKnownDead(host, $"so says {from}");
        var hasJustAdopted = beat.View > peer.View && beat.View == _keeper.Number;
        if (beat.View >= peer.View)
            (peer.View, peer.IsStarted) = (beat.View, beat.IsStarted || (beat.View == peer.View && peer.IsStarted));
        if (beat.View < _keeper.Number)
        {
            _keeper.TellRow(from);
        }
        else if (beat.View > (_keeper.Latest?.Number ?? 0))
        {
            _journal.WantRead();
        }
        else if (beat.View == _keeper.Number && beat.View > 0)
        {
            (peer.Credit, peer.Received) = (beat.Credit, Math.Max(peer.Received, beat.Received));
            _context.Send(from, new HostMessage.BeatAck(beat.View, beat.SentAt));
            if (hasJustAdopted)
                SendBeats(); // Its answer is the lease.
        }
    }

    private void OnCurrent(HostId from, HostMessage message)
    {
        switch (message)
        {
            case HostMessage.BeatAck ack:
                _heartbeats.OnAck(_keeper.Current!, from, ack.SentAt);
                break;
            case HostMessage.Recover:
                _recovery.OnRecover(from);
                break;
            case HostMessage.Logs logs:
                _recovery.OnLogs(from, logs);
                break;
            case HostMessage.Start start:
                _recovery.OnStart(from, start);
                break;
            default:
                if (_recovery.IsStarted)
                    OnStartedMessage(from, message);
                else if (_early.Count < EarlyMax)
                    _early.Enqueue((from, message));
                break;
        }
    }

    private void OnStartedMessage(HostId from, HostMessage message)
    {
        switch (message)
        {
            case HostMessage.Append append:
                _updates.OnAppend(from, append);
                break;
            case HostMessage.Ack ack:
                _replicas.Find(ack.Incarnation)?.Orderer?.OnAck(from, ack);
                break;
            case HostMessage.Change change:
                _executor.OnChange(from, change);
                break;
            case HostMessage.Query query:
                _queries.OnQuery(from, query);
                break;
            case HostMessage.QueryAnswer answer:
                _queries.OnAnswer(answer);
                break;
            case HostMessage.Control control:
                _controls.OnControl(from, control);
                break;
            case HostMessage.ControlAnswer answer:
                _controls.OnAnswer(answer);
                break;
            case HostMessage.Inquire inquire:
                _executor.OnInquire(from, inquire);
                break;
            case HostMessage.Fates fates:
                _changes.OnFates(fates);
                break;
            default:
                OnReplicaMessage(from, message);
                break;
        }
    }

    private void OnReplicaMessage(HostId from, HostMessage message)
    {
        switch (message)
        {
            case HostMessage.Fetch fetch:
                _updates.OnFetch(from, fetch);
                break;
            case HostMessage.Fetched fetched:
                _replicas.Find(fetched.Incarnation)?.Orderer?.OnFetched(fetched.Entries);
                break;
            case HostMessage.HandedOver over:
                _updates.OnHandedOver(from, over);
                break;
            case HostMessage.HandedOverAck ack:
                _repeats.Confirm(ack.Incarnation, ack.Sequence, from);
                break;
            case HostMessage.Drop drop:
                _updates.OnDrop(from, drop);
                break;
            case HostMessage.DropAck ack:
                _repeats.Confirm(ack.Incarnation, 0, from);
                break;
            case HostMessage.FillStart start:
                _updates.OnFillStart(from, start);
                break;
            case HostMessage.FillPiece piece:
                _updates.OnFillPiece(from, piece);
                break;
            case HostMessage.FillAck ack:
                _replicas.Find(ack.Incarnation)?.Orderer?.Fills.OnAck(from, ack);
                break;
            default:
                throw new InvalidOperationException($"No rule takes {message.GetType().Name}.");
        }
    }
}
