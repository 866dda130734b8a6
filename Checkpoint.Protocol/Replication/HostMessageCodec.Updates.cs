using static Checkpoint.Protocol.HostMessage;

namespace Checkpoint.Protocol;

/// <content>Updates, hand-over, deletion and filling.</content>
public static partial class HostMessageCodec
{
    private static bool WriteUpdate(WireWriter to, HostMessage message)
    {
        switch (message)
        {
            case Append append:
                to.Incarnation(append.Incarnation);
                to.I64(append.Tenure);
                to.I64(append.Mark);
                to.List(append.Entries, static (to, entry) => LogEntryCodec.Write(to, entry));
                return true;
            case Ack ack:
                to.Incarnation(ack.Incarnation);
                to.I64(ack.Tenure);
                to.I64(ack.LogEnd);
                to.I64(ack.Mark);
                to.Bool(ack.HasGap);
                to.Bool(ack.IsSetAside);
                return true;
            case Fetch fetch:
                to.Incarnation(fetch.Incarnation);
                to.I64(fetch.From);
                return true;
            case Fetched fetched:
                to.Incarnation(fetched.Incarnation);
                to.List(fetched.Entries, static (to, entry) => LogEntryCodec.Write(to, entry));
                return true;
            case HandedOver over:
                to.Incarnation(over.Incarnation);
                to.I64(over.Sequence);
                to.Host(over.To);
                to.Bool(over.MakesActive);
                return true;
            case HandedOverAck ack:
                to.Incarnation(ack.Incarnation);
                to.I64(ack.Sequence);
                return true;
            case Drop drop:
                to.Incarnation(drop.Incarnation);
                return true;
            case DropAck ack:
                to.Incarnation(ack.Incarnation);
                return true;
            default:
                return WriteFill(to, message);
        }
    }

    private static bool WriteFill(WireWriter to, HostMessage message)
    {
        switch (message)
        {
            case FillStart start:
                to.Incarnation(start.Incarnation);
                to.I64(start.Tenure);
                to.I64(start.Fill);
                to.I64(start.Sequence);
                to.State(start.State);
                to.Hosts(start.FullHosts);
                to.Bool(start.IsSetAside);
                return true;
            case FillPiece piece:
                to.Incarnation(piece.Incarnation);
                to.I64(piece.Fill);
                to.I32(piece.Index);
                to.Bool(piece.IsLast);
                to.Data(piece.Piece);
                return true;
            case FillAck ack:
                to.Incarnation(ack.Incarnation);
                to.I64(ack.Fill);
                to.I32(ack.Pieces);
                to.Bool(ack.IsComplete);
                return true;
            default:
                return false;
        }
    }

    private static HostMessage? ReadUpdate(Kind kind, long view, ref WireReader from) => kind switch
    {
        Kind.Append => new Append(view, from.Incarnation(), from.I64(), from.I64(), ReadEntries(ref from)),
        Kind.Ack => new Ack(view, from.Incarnation(), from.I64(), from.I64(), from.I64(), from.Bool(), from.Bool()),
        Kind.Fetch => new Fetch(view, from.Incarnation(), from.I64()),
        Kind.Fetched => new Fetched(view, from.Incarnation(), ReadEntries(ref from)),
        Kind.HandedOver => new HandedOver(view, from.Incarnation(), from.I64(), from.Host(), from.Bool()),
        Kind.HandedOverAck => new HandedOverAck(view, from.Incarnation(), from.I64()),
        Kind.Drop => new Drop(view, from.Incarnation()),
        Kind.DropAck => new DropAck(view, from.Incarnation()),
        Kind.FillStart => new FillStart(view, from.Incarnation(), from.I64(), from.I64(), from.I64(), from.State(), from.Hosts(), from.Bool()),
        Kind.FillPiece => new FillPiece(view, from.Incarnation(), from.I64(), from.I32(), from.Bool(), from.Bytes()),
        Kind.FillAck => new FillAck(view, from.Incarnation(), from.I64(), from.I32(), from.Bool()),
        _ => null,
    };

    private static IReadOnlyList<LogEntry> ReadEntries(ref WireReader from) =>
        from.List(LogEntryCodec.MinBytes, static (ref from) => LogEntryCodec.Read(ref from));
}
