using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Protocol;

/// <summary>
/// The bytes of a <see cref="Command"/>: one byte of type, then its fields. Values that a caller may get wrong (flags, filters,
/// times) pass: the Session answers them with their AIS code. Only what is no command at all is a format error.
/// </summary>
internal static class CommandCodec
{
    public const byte ChangeTag = 8;
    public const byte ReadTag = 9;

    public static void Write(WireWriter to, Command command)
    {
        switch (command)
        {
            case Change change:
                WriteHandle(to, ChangeTag, change.Handle);
                ContentOpCodec.Write(to, change.Op);
                break;
            case Read read:
                WriteHandle(to, ReadTag, read.Handle);
                ReadCodec.WriteElements(to, read.Elements);
                break;
            case Synchronize synchronize:
                WriteHandle(to, 10, synchronize.Handle);
                break;
            case IterationInitialize initialize:
                WriteHandle(to, 11, initialize.Handle);
                to.U8((byte)initialize.Chosen);
                to.I64(initialize.Time);
                break;
            case IterationNext next:
                WriteHandle(to, 12, next.Iteration);
                to.I32(next.CountMax);
                break;
            case IterationFinalize finalize:
                WriteHandle(to, 13, finalize.Iteration);
                break;
            case Track track:
                WriteHandle(to, 14, track.Handle);
                to.Bool(track.On);
                break;
            default:
                WriteManagement(to, command);
                break;
        }
    }

    public static Command Read(ref WireReader from)
    {
        var tag = from.U8();
        return tag switch
        {
            1 => new Open(from.Name(), (OpenFlags)from.U32(), from.Bool() ? from.Attributes() : null),
            2 => new Attach(from.Name(), from.Incarnation(), (OpenFlags)from.U32()),
            3 => new Close(from.U64()),
            4 => new Unlink(from.Name()),
            5 => new SetRetention(from.U64(), from.I64()),
            6 => new SetActiveReplica(from.U64()),
            7 => new GetStatus(from.U64()),
            ChangeTag => new Change(from.U64(), ContentOpCodec.Read(ref from)),
            ReadTag => new Read(from.U64(), ReadCodec.ReadElements(ref from)),
            10 => new Synchronize(from.U64()),
            11 => new IterationInitialize(from.U64(), (SectionsChosen)from.U8(), from.I64()),
            12 => new IterationNext(from.U64(), from.I32()),
            13 => new IterationFinalize(from.U64()),
            14 => new Track(from.U64(), from.Bool()),
            32 => new GetNodeStatus(),
            33 => new ListCheckpoints(),
            34 => new ShowCheckpoint(from.Name()),
            35 => new Drain(from.Text()),
            36 => new InjectFault(from.Text(), from.Text()),
            37 => new GetNodeLimits(),
            _ => throw new WireFormatException($"command {tag} is unknown"),
        };
    }

    private static void WriteManagement(WireWriter to, Command command)
    {
        switch (command)
        {
            case Open open:
                to.U8(1);
                to.Name(open.Name);
                to.U32((uint)open.Flags);
                to.Bool(open.Attributes is not null);
                if (open.Attributes is not null)
                    to.Attributes(open.Attributes);
                break;
            case Attach attach:
                to.U8(2);
                to.Name(attach.Name);
                to.Incarnation(attach.Incarnation);
                to.U32((uint)attach.Flags);
                break;
            case Close close:
                WriteHandle(to, 3, close.Handle);
                break;
            case Unlink unlink:
                to.U8(4);
                to.Name(unlink.Name);
                break;
            case SetRetention retention:
                WriteHandle(to, 5, retention.Handle);
                to.I64(retention.Duration);
                break;
            case SetActiveReplica active:
                WriteHandle(to, 6, active.Handle);
                break;
            case GetStatus status:
                WriteHandle(to, 7, status.Handle);
                break;
            default:
                WriteAdministration(to, command);
                break;
        }
    }

    private static void WriteAdministration(WireWriter to, Command command)
    {
        switch (command)
        {
            case GetNodeStatus:
                to.U8(32);
                break;
            case ListCheckpoints:
                to.U8(33);
                break;
            case GetNodeLimits:
                to.U8(37);
                break;
            case ShowCheckpoint show:
                to.U8(34);
                to.Name(show.Name);
                break;
            case Drain drain:
                to.U8(35);
                to.Text(drain.NodeName);
                break;
            case InjectFault fault:
                to.U8(36);
                to.Text(fault.Fault);
                to.Text(fault.Argument);
                break;
            default:
                throw new ArgumentException($"{command.GetType().Name} has no bytes", nameof(command));
        }
    }

    private static void WriteHandle(WireWriter to, byte tag, ulong handle)
    {
        to.U8(tag);
        to.U64(handle);
    }
}
