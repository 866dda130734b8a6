namespace Checkpoint.Protocol;

/// <summary>
/// The bytes of every <see cref="SessionProtocol"/> message: one byte of type, then the fields in the order of the record
/// (docs/WIRE.md). Pinned by golden bytes; what changes bumps <see cref="SessionProtocol.Version"/>. The first fields of Hello, Welcome and Farewell
/// never change, so that peers of different versions can tell each other so.
/// </summary>
public static class SessionCodec
{
    private const byte HelloTag = 1;
    private const byte WelcomeTag = 2;
    private const byte FarewellTag = 3;
    private const byte HeartbeatTag = 4;
    internal const byte RequestTag = 5;
    private const byte AnswerTag = 6;
    private const byte ChangedTag = 7;
    private const byte GapTag = 8;
    private const byte ChangeCreditTag = 9;

    /// <summary>Bytes of <see cref="SessionProtocol.Hello.ClientName"/>: it stands in logs and in <c>status</c>.</summary>
    public const int ClientNameMaxBytes = 128;

    /// <summary>The Akka manifest of a message: short, constant, and the same in the client's and the host's serializer.</summary>
    /// <exception cref="ArgumentException">No message of this protocol.</exception>
    public static string ManifestOf(SessionProtocol.IMessage message) => message switch
    {
        SessionProtocol.Request => "q",
        SessionProtocol.Answer => "a",
        SessionProtocol.Heartbeat => "b",
        SessionProtocol.Changed => "c",
        SessionProtocol.ChangeCredit => "k",
        SessionProtocol.Gap => "g",
        SessionProtocol.Hello => "h",
        SessionProtocol.Welcome => "w",
        SessionProtocol.Farewell => "f",
        _ => throw new ArgumentException($"{message.GetType().Name} has no manifest", nameof(message)),
    };

    public static byte[] Encode(SessionProtocol.IMessage message)
    {
        var to = new WireWriter(SizeHint(message));
        Write(to, message);
        return to.ToArray();
    }

    /// <exception cref="ArgumentException">No message of this protocol.</exception>
    public static void Write(WireWriter to, SessionProtocol.IMessage message)
    {
        switch (message)
        {
            case SessionProtocol.Request request:
                to.U8(RequestTag);
                to.U64(request.Id);
                to.I64(request.Budget);
                CommandCodec.Write(to, request.Command);
                break;
            case SessionProtocol.Answer answer:
                WriteAnswer(to, answer);
                break;
            case SessionProtocol.Heartbeat beat:
                to.U8(HeartbeatTag);
                to.U64(beat.Number);
                to.Bool(beat.IsAnswer);
                break;
            case SessionProtocol.Changed changed:
                WriteChanged(to, changed);
                break;
            case SessionProtocol.Gap gap:
                to.U8(GapTag);
                to.U64(gap.Handle);
                to.I64(gap.Position);
                break;
            case SessionProtocol.ChangeCredit credit:
                to.U8(ChangeCreditTag);
                to.U64(credit.Handle);
                to.I32(credit.Events);
                break;
            default:
                WriteGreeting(to, message);
                break;
        }
    }

    /// <exception cref="WireFormatException">Not exactly one message of this protocol.</exception>
    public static SessionProtocol.IMessage Read(ReadOnlyMemory<byte> message)
    {
        var from = new WireReader(message);
        var tag = from.U8();
        SessionProtocol.IMessage read = tag switch
        {
            HelloTag => ReadHello(ref from),
            WelcomeTag => new SessionProtocol.Welcome(
                from.U16(), from.Session(), from.Text(), from.Host(), from.I64(), from.I64(), from.I32(), ReadProfile(ref from)),
            FarewellTag => new SessionProtocol.Farewell(ReadStatus(ref from), from.Text()),
            HeartbeatTag => new SessionProtocol.Heartbeat(from.U64(), from.Bool()),
            RequestTag => new SessionProtocol.Request(from.U64(), from.I64(), CommandCodec.Read(ref from)),
            AnswerTag => new SessionProtocol.Answer(
                from.U64(), ReadStatus(ref from), from.OptionalText(), from.I32(), ResultCodec.Read(ref from)),
            ChangedTag => new SessionProtocol.Changed(from.U64(), from.I64(), SectionCodec.ReadChanges(ref from)),
            GapTag => new SessionProtocol.Gap(from.U64(), from.I64()),
            ChangeCreditTag => new SessionProtocol.ChangeCredit(from.U64(), from.I32()),
            _ => throw new WireFormatException($"message type {tag} is unknown"),
        };
        from.End();
        return read;
    }

    /// <summary>The id of a request of which only the beginning is there, so that a request that is refused for its size still gets its answer.</summary>
    public static ulong? RequestIdOf(ReadOnlyMemory<byte> head)
    {
        if (head.Length < 9 || head.Span[0] != RequestTag)
            return null;
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(head.Span[1..]);
    }

    /// <summary>
    /// At least as many bytes as the message takes, and not many more: so that a large one is known to be large before it is
    /// written, and is written into one buffer without growing it.
    /// </summary>
    public static int SizeHint(SessionProtocol.IMessage message)
    {
        var size = message switch
        {
            SessionProtocol.Request { Command: SessionProtocol.Change change } => ContentOpCodec.SizeHint(change.Op),
            SessionProtocol.Request { Command: SessionProtocol.Read read } => ReadCodec.SizeHint(read.Elements),
            SessionProtocol.Request { Command: SessionProtocol.Open open } => open.Name.Bytes.Length,
            SessionProtocol.Request => CheckpointName.LengthMaxBytes,
            SessionProtocol.Answer answer => SizeOf(answer),
            SessionProtocol.Changed changed => changed.Changes.Sum(change => 19L + change.Id.Length),
            SessionProtocol.Farewell farewell => 4L * farewell.Reason.Length,
            SessionProtocol.Welcome welcome => 4L * (welcome.HostName.Length + welcome.Host.Address.Length),
            SessionProtocol.Hello hello => 4L * hello.ClientName.Length,
            _ => 0,
        };
        return (int)Math.Min(128 + size, Array.MaxLength);
    }

    private static long SizeOf(SessionProtocol.Answer answer) => (4L * (answer.Reason?.Length ?? 0)) + answer.Body switch
    {
        SessionProtocol.Data data => data.Buffers.Sum(buffer => 4L + buffer.Length),
        SessionProtocol.Sections sections => sections.Descriptors.Sum(descriptor => 27L + descriptor.Id.Length),
        SessionProtocol.SectionCreated created => created.Id.Length,
        SessionProtocol.NodeStatus or SessionProtocol.NodeLimits or SessionProtocol.CheckpointList or SessionProtocol.CheckpointDetail => AdministrationCodec.SizeOf(answer.Body),
        _ => 0,
    };

    private static void WriteGreeting(WireWriter to, SessionProtocol.IMessage message)
    {
        switch (message)
        {
            case SessionProtocol.Hello hello:
                to.U8(HelloTag);
                to.U16(hello.ProtocolVersion);
                to.Text(hello.ClientName);
                to.U8(hello.RequestedVersion.Release);
                to.U8(hello.RequestedVersion.Major);
                to.U8(hello.RequestedVersion.Minor);
                to.U8((byte)hello.Profile);
                break;
            case SessionProtocol.Welcome welcome:
                to.U8(WelcomeTag);
                to.U16(welcome.ProtocolVersion);
                to.Session(welcome.Session);
                to.Text(welcome.HostName);
                to.Host(welcome.Host);
                to.I64(welcome.HeartbeatInterval);
                to.I64(welcome.SilenceMax);
                to.I32(welcome.OutstandingMax);
                to.U8((byte)welcome.Profile);
                break;
            case SessionProtocol.Farewell farewell:
                to.U8(FarewellTag);
                to.U16((ushort)farewell.Status);
                to.Text(farewell.Reason);
                break;
            default:
                throw new ArgumentException($"{message.GetType().Name} has no bytes", nameof(message));
        }
    }

    private static SessionProtocol.Hello ReadHello(ref WireReader from)
    {
        var version = from.U16();
        var name = from.Bytes();
        if (name.Length > ClientNameMaxBytes)
            throw new WireFormatException($"a client name of {name.Length} bytes, at most {ClientNameMaxBytes}");
        var requested = new AisVersion(from.U8(), from.U8(), from.U8());
        return new SessionProtocol.Hello(version, System.Text.Encoding.UTF8.GetString(name.Span), requested, ReadProfile(ref from));
    }

    private static Profile ReadProfile(ref WireReader from)
    {
        var profile = (Profile)from.U8();
        return profile is >= Profile.Strict and <= Profile.OpenAis
            ? profile
            : throw new WireFormatException($"profile {(byte)profile} is unknown");
    }

    /// <summary>
    /// The Answer to a Read up to its first buffer, for whoever writes the buffers straight from where they lie: each is its u32
    /// length and its bytes.
    /// </summary>
    public static void BeginData(WireWriter to, ulong requestId, int buffers)
    {
        BeginAnswer(to, requestId, AisStatus.Ok, null, -1);
        to.U8(ResultCodec.DataTag);
        to.I32(buffers);
    }

    /// <summary>An Answer with <see cref="SessionProtocol.Data"/> up to its first buffer.</summary>
    internal static void WriteDataHead(WireWriter to, SessionProtocol.Answer answer)
    {
        BeginAnswer(to, answer.Id, answer.Status, answer.Reason, answer.ErroneousIndex);
        to.U8(ResultCodec.DataTag);
        to.I32(((SessionProtocol.Data)answer.Body!).Buffers.Count);
    }

    /// <summary>The whole Answer to a change that was applied and has nothing to say.</summary>
    public static void WriteDone(WireWriter to, ulong requestId)
    {
        BeginAnswer(to, requestId, AisStatus.Ok, null, -1);
        ResultCodec.Write(to, null);
    }

    private static void WriteAnswer(WireWriter to, SessionProtocol.Answer answer)
    {
        BeginAnswer(to, answer.Id, answer.Status, answer.Reason, answer.ErroneousIndex);
        ResultCodec.Write(to, answer.Body);
    }

    private static void BeginAnswer(WireWriter to, ulong requestId, AisStatus status, string? reason, int erroneousIndex)
    {
        to.U8(AnswerTag);
        to.U64(requestId);
        to.U16((ushort)status);
        to.OptionalText(reason);
        to.I32(erroneousIndex);
    }

    private static void WriteChanged(WireWriter to, SessionProtocol.Changed changed)
    {
        to.U8(ChangedTag);
        to.U64(changed.Handle);
        to.I64(changed.Position);
        SectionCodec.WriteChanges(to, changed.Changes);
    }

    private static AisStatus ReadStatus(ref WireReader from)
    {
        var status = (AisStatus)from.U16();
        return status is >= AisStatus.Ok and <= AisStatus.Unavailable
            ? status
            : throw new WireFormatException($"status {(int)status} is unknown");
    }
}
