using static Checkpoint.Protocol.HostMessage;

namespace Checkpoint.Protocol;

/// <content>Requests between a session's host and the orderer's.</content>
public static partial class HostMessageCodec
{
    private static bool WriteRequest(WireWriter to, HostMessage message)
    {
        switch (message)
        {
            case Change change:
                to.Incarnation(change.Incarnation);
                to.I64(change.Tenure);
                to.U64(change.Id);
                to.Session(change.Session);
                to.U64(change.Number);
                to.U64(change.Handle);
                to.I64(change.Deadline);
                ContentOpCodec.Write(to, change.Op);
                return true;
            case ChangeAnswer answer:
                to.U64(answer.Id);
                to.Bool(answer.WasMoved);
                to.Result(answer.Result);
                return true;
            case Inquire inquire:
                to.List(inquire.Changes, static (to, key) => Write(to, key));
                return true;
            case Fates fates:
                to.List(fates.Changes, static (to, fate) =>
                {
                    to.U64(fate.Id);
                    to.U8((byte)fate.Fate);
                });
                return true;
            case Query query:
                to.Incarnation(query.Incarnation);
                to.U64(query.Id);
                to.I64(query.Deadline);
                QueryCodec.Write(to, query.Body);
                return true;
            case QueryAnswer answer:
                to.U64(answer.Id);
                to.Bool(answer.WasMoved);
                QueryCodec.Write(to, answer.Result);
                return true;
            case Control control:
                to.Incarnation(control.Incarnation);
                to.U64(control.Id);
                to.I64(control.Deadline);
                ControlCodec.Write(to, control.Body);
                return true;
            case ControlAnswer answer:
                to.U64(answer.Id);
                to.Bool(answer.WasMoved);
                to.I32((int)answer.Status);
                to.OptionalText(answer.Reason);
                return true;
            default:
                return false;
        }
    }

    private static HostMessage? ReadRequest(Kind kind, long view, ref WireReader from) => kind switch
    {
        Kind.Change => new Change(
            view, from.Incarnation(), from.I64(), from.U64(), from.Session(), from.U64(), from.U64(), from.I64(), ContentOpCodec.Read(ref from)),
        Kind.ChangeAnswer => new ChangeAnswer(view, from.U64(), from.Bool(), from.Result()),
        Kind.Inquire => new Inquire(view, from.List(48, static (ref from) => ReadKey(ref from))),
        Kind.Fates => new Fates(view, from.List(9, static (ref from) => new ChangeFate(from.U64(), ReadFate(ref from)))),
        Kind.Query => new Query(view, from.Incarnation(), from.U64(), from.I64(), QueryCodec.ReadBody(ref from)),
        Kind.QueryAnswer => new QueryAnswer(view, from.U64(), from.Bool(), QueryCodec.ReadResult(ref from)),
        Kind.Control => new Control(view, from.Incarnation(), from.U64(), from.I64(), ControlCodec.Read(ref from)),
        Kind.ControlAnswer => new ControlAnswer(view, from.U64(), from.Bool(), from.Status(), from.OptionalText()),
        _ => null,
    };

    private static void Write(WireWriter to, ChangeKey key)
    {
        to.U64(key.Id);
        to.Incarnation(key.Incarnation);
        to.Session(key.Session);
        to.U64(key.Number);
    }

    private static ChangeKey ReadKey(ref WireReader from) => new(from.U64(), from.Incarnation(), from.Session(), from.U64());

    private static Fate ReadFate(ref WireReader from)
    {
        var fate = from.U8();
        return fate is >= (byte)Fate.Unknown and <= (byte)Fate.Ordered
            ? (Fate)fate
            : throw new WireFormatException($"{fate} is no fate of a change");
    }
}
