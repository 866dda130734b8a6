using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Tests.Protocol.Sessions;

/// <summary>One message of every kind, with every optional part once there and once not: what the golden bytes pin.</summary>
internal static class SessionSamples
{
    private static readonly CheckpointName Name = new("safCkpt=demo");
    private static readonly IncarnationId Incarnation = new(new Guid("00112233-4455-6677-8899-aabbccddeeff"));
    private static readonly SessionId Session = new(new Guid("ffeeddcc-bbaa-9988-7766-554433221100"));
    private static readonly HostId Host = new("127.0.0.1:4711", 42);
    private static readonly CreationAttributes Attributes = new(CreationFlags.WriteAllReplicas, 8192, 60_000_000_000, 8, 1024, 32);
    private static readonly SectionId Section = new("s1");
    private static readonly byte[] Bytes = [1, 2, 3, 0xFF];

    public static readonly IReadOnlyList<(string Name, IMessage Message)> All =
    [
        ("hello", new Hello(1, "demo[7]", AisVersion.B22, Profile.Strict)),
        ("welcome", new Welcome(1, Session, "node1", Host, 1_000_000_000, AisTime.End, 256, Profile.OpenSaf)),
        ("farewell", new Farewell(AisStatus.NoResources, "clients-max 512 reached")),
        ("heartbeat", new Heartbeat(9, false)),
        ("heartbeat-answer", new Heartbeat(9, true)),
        ("changed", new Changed(3, 77, [new(SectionChangeKind.Written, Section, 5, 6), new(SectionChangeKind.Deleted, default, 0, 0)])),
        ("gap", new Gap(3, 78)),
        ("change-credit", new ChangeCredit(3, 16)),
        .. Requests().Select((command, i) => (Named("request", command), (IMessage)new Request((ulong)i + 1, 5_000_000_000, command))),
        .. Results().Select((body, i) => (Named("answer", body), (IMessage)new Answer((ulong)i + 1, AisStatus.Ok, Body: body))),
        ("answer-plain", new Answer(1, AisStatus.Ok)),
        ("answer-refused", new Answer(2, AisStatus.NotExist, "section s9 does not exist", 3)),
    ];

    public static string Named(string kind, object message) => message switch
    {
        Request request => Named(kind, request.Command),
        Change change => $"{kind}-change-{change.Op.GetType().Name}",
        Open { Attributes: null } => $"{kind}-open-existing",
        _ => $"{kind}-{message.GetType().Name}",
    };

    private static IEnumerable<Command> Requests() =>
    [
        new Open(Name, OpenFlags.Read | OpenFlags.Write | OpenFlags.Create, Attributes),
        new Open(Name, OpenFlags.Read, null),
        new Attach(Name, Incarnation, OpenFlags.Write),
        new Close(3),
        new Unlink(Name),
        new SetRetention(3, 1_000_000_000),
        new SetActiveReplica(3),
        new GetStatus(3),
        new Change(3, new ContentOp.CreateSection(Section, AisTime.End, Bytes)),
        new Change(3, new ContentOp.DeleteSection(Section)),
        new Change(3, new ContentOp.SetExpiration(Section, 1_700_000_000_000_000_000)),
        new Change(3, new ContentOp.Write([new(Section, 7, Bytes), new(default, 0, default)])),
        new Change(3, new ContentOp.Overwrite(Section, Bytes)),
        new Read(3, [new(Section, 0, ReadElement.Whole), new(default, 4, 16)]),
        new Synchronize(3),
        new IterationInitialize(3, SectionsChosen.GreaterOrEqual, 5),
        new IterationNext(4, 100),
        new IterationFinalize(4),
        new Track(3, true),
        new GetNodeStatus(),
        new ListCheckpoints(),
        new ShowCheckpoint(Name),
        new Drain("node2"),
        new InjectFault("stall", "500ms"),
        new GetNodeLimits(),
    ];

    private static IEnumerable<Result> Results() =>
    [
        new Opened(3, Incarnation, Attributes),
        new Status(new CheckpointDescriptor(Attributes, 2, 1000)),
        new SectionCreated(Section),
        new Data([Bytes, default]),
        new IterationOpened(4),
        new Sections([new(Section, AisTime.End, 4, SectionState.Valid, 1_700_000_000_000_000_000)]),
        new NodeStatus(
            "node1", Host, 5, true, "sqlite", true, [new("node1", Host, "Up", "reachable", true, 2)], [new(Session, "demo[7]", 1)], 1, 4, 1 << 30),
        new CheckpointList([new(Name, Incarnation, false, CreationFlags.WriteAllReplicas, 2, 1000, "node1", true)]),
        new CheckpointDetail(Name, Incarnation, 1_700_000_000_000_000_000, Attributes, 5, 4, 3, 2, 1, 3, 2, 0, 99, "node1", true, [new("node1", false, true)]),
        new NodeLimits([new("checkpoint.gateway.clients-max", 512, 64, "RLIMIT_NOFILE = 512")]),
    ];
}
