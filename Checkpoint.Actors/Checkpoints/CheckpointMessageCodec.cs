using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Checkpoints.CheckpointProtocol;
using static Checkpoint.Actors.Sessions.SessionRegistryProtocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// The bytes of what hosts say to each other about existence: <see cref="CheckpointProtocol"/> and
/// <see cref="SessionRegistryProtocol"/>. The manifest says which message; a message that goes on after its fields is refused.
/// </summary>
public static class CheckpointMessageCodec
{
    /// <exception cref="ArgumentException">Not a message of ours.</exception>
    public static string ManifestOf(object message) => message switch
    {
        Open => "O",
        Close => "C",
        Unlink => "U",
        SetRetention => "R",
        SetActive => "A",
        Describe => "D",
        Ping => "P",
        Opened => "o",
        Described => "d",
        Done => "k",
        Refused => "f",
        RollCall => "Q",
        Present => "q",
        _ => throw new ArgumentException($"{message.GetType().Name} has no manifest", nameof(message)),
    };

    public static byte[] Encode(object message)
    {
        var writer = new WireWriter();
        switch (message)
        {
            case ICommand command:
                EncodeCommand(writer, command);
                break;
            case IReply reply:
                EncodeReply(writer, reply);
                break;
            case RollCall call:
                writer.Name(call.Name);
                writer.I64(call.Term);
                writer.U64(call.Number);
                break;
            case Present present:
                writer.Name(present.Name);
                writer.I64(present.Term);
                writer.U64(present.Number);
                writer.Host(present.Host);
                writer.I64(present.ViewNumber);
                OpenerTable.Write(writer, [.. present.Opens.Select(open => (open.Incarnation, open.Opener))]);
                break;
            default:
                throw new ArgumentException($"{message.GetType().Name} has no bytes", nameof(message));
        }

        return writer.ToArray();
    }

    /// <exception cref="WireFormatException">An unknown manifest, or bytes that are not such a message.</exception>
    public static object Decode(string manifest, ReadOnlyMemory<byte> bytes)
    {
        var reader = new WireReader(bytes);
        object message = manifest switch
        {
            "O" or "C" or "U" or "R" or "A" or "D" or "P" => DecodeCommand(manifest, ref reader),
            "o" or "d" or "k" or "f" => DecodeReply(manifest, ref reader),
            "Q" => new RollCall(reader.Name(), reader.I64(), reader.U64()),
            "q" => new Present(
                reader.Name(),
                reader.I64(),
                reader.U64(),
                reader.Host(),
                reader.I64(),
                [.. OpenerTable.Read(ref reader).Select(open => new OpenPresent(open.Incarnation, open.Opener))]),
            _ => throw new WireFormatException($"no message has the manifest {manifest}"),
        };
        reader.End();
        return message;
    }

    private static void EncodeCommand(WireWriter writer, ICommand command)
    {
        writer.Name(command.Name);
        writer.U64(command.Number);
        writer.I64(command.Deadline);
        writer.Session(command.Asker);
        writer.U64(command.AnsweredTo);
        switch (command)
        {
            case Open open:
                Opener(writer, open.Opener);
                writer.Bool(open.Create is not null);
                if (open.Create is { } attributes)
                    writer.Attributes(attributes);
                writer.Bool(open.CompareRetention);
                writer.Bool(open.Reattach is not null);
                if (open.Reattach is { } incarnation)
                    writer.Incarnation(incarnation);
                break;
            case Close close:
                writer.Incarnation(close.Incarnation);
                Opener(writer, close.Opener);
                break;
            case SetRetention set:
                writer.Incarnation(set.Incarnation);
                writer.I64(set.Duration);
                break;
            case SetActive set:
                writer.Incarnation(set.Incarnation);
                writer.Host(set.Host);
                break;
        }
    }

    private static ICommand DecodeCommand(string manifest, ref WireReader reader)
    {
        var name = reader.Name();
        var number = reader.U64();
        var deadline = reader.I64();
        var (asker, answeredTo) = (reader.Session(), reader.U64());
        CheckpointCommand command = manifest switch
        {
            "O" => new Open(
                name,
                number,
                deadline,
                Opener(ref reader),
                reader.Bool() ? reader.Attributes() : null,
                reader.Bool(),
                reader.Bool() ? reader.Incarnation() : null),
            "C" => new Close(name, number, deadline, reader.Incarnation(), Opener(ref reader)),
            "U" => new Unlink(name, number, deadline),
            "R" => new SetRetention(name, number, deadline, reader.Incarnation(), reader.I64()),
            "A" => new SetActive(name, number, deadline, reader.Incarnation(), reader.Host()),
            "D" => new Describe(name, number, deadline),
            _ => new Ping(name, number, deadline),
        };
        return command with { Asker = asker, AnsweredTo = answeredTo };
    }

    private static void EncodeReply(WireWriter writer, IReply reply)
    {
        writer.U64(reply.Number);
        switch (reply)
        {
            case Opened opened:
                writer.Incarnation(opened.Incarnation);
                writer.Attributes(opened.Attributes);
                break;
            case Described described:
                writer.Incarnation(described.Incarnation);
                writer.I64(described.CreationTime);
                writer.Attributes(described.Attributes);
                writer.I64(described.RetentionDuration);
                OpenerTable.Write(writer, [.. described.Openers.Select(opener => (described.Incarnation, opener))]);
                break;
            case Refused refused:
                writer.U32((uint)refused.Status);
                writer.Text(refused.Reason);
                break;
        }
    }

    private static IReply DecodeReply(string manifest, ref WireReader reader)
    {
        var number = reader.U64();
        return manifest switch
        {
            "o" => new Opened(number, reader.Incarnation(), reader.Attributes()),
            "d" => new Described(
                number,
                reader.Incarnation(),
                reader.I64(),
                reader.Attributes(),
                reader.I64(),
                [.. OpenerTable.Read(ref reader).Select(open => open.Opener)]),
            "k" => new Done(number),
            _ => new Refused(number, (AisStatus)reader.U32(), reader.Text()),
        };
    }

    private static void Opener(WireWriter writer, Opener opener)
    {
        writer.Host(opener.Host);
        writer.Session(opener.Session);
        writer.U64(opener.Handle);
        writer.U8(checked((byte)opener.Flags));
    }

    private static Opener Opener(ref WireReader reader) =>
        new(reader.Host(), reader.Session(), reader.U64(), (OpenFlags)reader.U8());
}
