using static Checkpoint.Protocol.HostMessage;

namespace Checkpoint.Protocol;

/// <content>Views, leases and START.</content>
public static partial class HostMessageCodec
{
    private static bool WriteView(WireWriter to, HostMessage message)
    {
        switch (message)
        {
            case Beat beat:
                to.I64(beat.SentAt);
                to.Bool(beat.IsFull);
                to.Bool(beat.IsStarted);
                to.Bool(beat.IsRetired);
                to.Hosts(beat.Heard);
                to.Hosts(beat.KnownDead);
                to.I64(beat.Credit);
                to.Bool(beat.IsOutOfMemory);
                to.I64(beat.Received);
                return true;
            case BeatAck ack:
                to.I64(ack.SentAt);
                return true;
            case Row row:
                ViewCodec.Write(to, row.Latest);
                return true;
            case Recover:
                return true;
            case Logs logs:
                to.List(logs.Summaries, static (to, item) => Write(to, item));
                to.List(logs.Dropped, static (to, item) => to.Incarnation(item));
                return true;
            case Start start:
                to.List(start.Items, static (to, item) => Write(to, item));
                to.List(start.Deleted, static (to, item) => to.Incarnation(item));
                return true;
            default:
                return false;
        }
    }

    private static HostMessage? ReadView(Kind kind, long view, ref WireReader from) => kind switch
    {
        Kind.Beat => new Beat(
            view, from.I64(), from.Bool(), from.Bool(), from.Bool(), from.Hosts(), from.Hosts(), from.I64(), from.Bool(), from.I64()),
        Kind.BeatAck => new BeatAck(view, from.I64()),
        Kind.Row => new Row(view, ViewCodec.Read(ref from)),
        Kind.Recover => new Recover(view),
        Kind.Logs => new Logs(
            view, from.List(64, static (ref from) => ReadSummary(ref from)), from.List(16, static (ref from) => from.Incarnation())),
        Kind.Start => new Start(
            view, from.List(64, static (ref from) => ReadStartItem(ref from)), from.List(16, static (ref from) => from.Incarnation())),
        _ => null,
    };

    private static void Write(WireWriter to, LogSummary summary)
    {
        to.State(summary.State);
        to.Bool(summary.IsFull);
        to.I64(summary.LogEnd);
        to.I64(summary.Mark);
        to.Bool(summary.IsDeleted);
        to.Bool(summary.IsSetAside);
    }

    private static LogSummary ReadSummary(ref WireReader from) =>
        new(from.State(), from.Bool(), from.I64(), from.I64(), from.Bool(), from.Bool());

    private static void Write(WireWriter to, StartItem item)
    {
        to.State(item.State);
        to.Host(item.Orderer);
        to.I64(item.LogEnd);
        to.Host(item.Holder);
        to.List(item.Full, static (to, full) =>
        {
            to.Host(full.Host);
            to.I64(full.LogEnd);
        });
    }

    private static StartItem ReadStartItem(ref WireReader from) => new(
        from.State(), from.Host(), from.I64(), from.Host(), from.List(20, static (ref from) => new FullHost(from.Host(), from.I64())));
}
