using Checkpoint.Protocol;
using static Checkpoint.Protocol.HostMessage;

namespace Checkpoint.Tests.Protocol.Replication;

/// <summary>One message of every kind, body, op and result that hosts say to each other.</summary>
internal static class HostMessageSamples
{
    private static readonly HostId A = new("10.0.0.1:4711", 11);
    private static readonly HostId B = new("10.0.0.2:4711", -12);
    private static readonly IncarnationId One = new(new Guid(1, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8]));
    private static readonly IncarnationId Two = new(new Guid(2, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8]));
    private static readonly SessionId Session = new(new Guid(9, 9, 9, [9, 9, 9, 9, 9, 9, 9, 9]));

    private static readonly CreationAttributes Attributes =
        new(CreationFlags.WriteActiveReplica | CreationFlags.Collocated, 1_000, AisTime.End, 10, 100, 16);

    private static readonly IncarnationState State =
        new(One, new CheckpointName("safCkpt=counts"), Attributes, 1_700, AisTime.End, false, A, B, [A, B]);

    private static readonly IncarnationState Bare = State with { Incarnation = Two, Unlinked = true, Active = null, Replicas = [] };

    public static IEnumerable<(string Name, HostMessage Message)> All() =>
        [.. Views(), .. Updates(), .. Bodies(), .. Ops(), .. Requests(), .. Queries(), .. Answers(), .. Controls()];

    private static IEnumerable<(string, HostMessage)> Views() =>
    [
        ("beat", new Beat(7, 100, true, false, true, [A, B], [B], 1L << 40, true, 99)),
        ("beat-ack", new BeatAck(7, 100)),
        ("row", new Row(7, new View(7, [A, B], [1, 7], [A], [], A))),
        ("recover", new Recover(7)),
        ("logs", new Logs(7, [new LogSummary(State, true, 5, 4, false, true), new LogSummary(Bare, false, 9, 9, true, false)], [Two])),
        ("start", new Start(7, [new StartItem(State, A, 5, B, [new FullHost(A, 5), new FullHost(B, 4)])], [Two])),
    ];

    private static IEnumerable<(string, HostMessage)> Updates() =>
    [
        ("append-mark", new Append(7, One, 3, 12, [])),
        ("ack", new Ack(7, One, 3, 13, 12, true, true)),
        ("fetch", new Fetch(7, One, 4)),
        ("fetched", new Fetched(7, One, [new LogEntry(4, 6, 50, new LogBody.Unlinked())])),
        ("handed-over", new HandedOver(7, One, 14, B, true)),
        ("handed-over-ack", new HandedOverAck(7, One, 14)),
        ("drop", new Drop(7, One)),
        ("drop-ack", new DropAck(7, One)),
        ("fill-start", new FillStart(7, One, 3, 2, 13, State, [A, B], true)),
        ("fill-piece", new FillPiece(7, One, 2, 4, true, new byte[] { 1, 2, 3 })),
        ("fill-ack", new FillAck(7, One, 2, 5, true)),
    ];

    private static IEnumerable<(string, HostMessage)> Bodies() =>
        new (string Name, LogBody Body)[]
        {
            ("created", new LogBody.Created(State)),
            ("retention", new LogBody.Retention(60)),
            ("unlinked", new LogBody.Unlinked()),
            ("replica-added", new LogBody.ReplicaAdded(B)),
            ("full", new LogBody.Full(B)),
            ("hand-over", new LogBody.HandOver(B, true)),
            ("deleted", new LogBody.Deleted()),
        }.Select(body => ($"append-{body.Name}", (HostMessage)new Append(7, One, 3, 12, [new LogEntry(13, 7, 1_701, body.Body)])));

    private static IEnumerable<(string, HostMessage)> Ops() =>
        new (string Name, ContentOp Op)[]
        {
            ("create-section", new ContentOp.CreateSection(new SectionId("a"), AisTime.End, new byte[] { 1 })),
            ("delete-section", new ContentOp.DeleteSection(new SectionId("a"))),
            ("expire", new ContentOp.ExpireSections([new SectionId("a"), SectionId.Default], 5)),
            ("set-expiration", new ContentOp.SetExpiration(new SectionId("a"), 5)),
            ("write", new ContentOp.Write([new WriteElement(new SectionId("a"), 3, new byte[] { 1, 2 }), new WriteElement(SectionId.Default, 0, default)])),
            ("overwrite", new ContentOp.Overwrite(SectionId.Default, new byte[] { 1, 2 })),
            ("corrupt", new ContentOp.Corrupt(new SectionId("a"))),
        }.Select(op => ($"append-{op.Name}", (HostMessage)new Append(
            7, One, 3, 12, [new LogEntry(13, 7, 1_701, new LogBody.Content(op.Op, Session, 2, 44))])));

    private static IEnumerable<(string, HostMessage)> Requests() =>
    [
        ("change", new Change(7, One, 3, 21, Session, 44, 2, 9_000, new ContentOp.Overwrite(new SectionId("a"), new byte[] { 7 }))),
        ("change-answer", new ChangeAnswer(7, 21, false, new ContentResult(AisStatus.Ok, null, -1, new SectionId("gen")))),
        ("change-answer-moved", new ChangeAnswer(7, 21, true, new ContentResult(AisStatus.TryAgain, "moved", 3))),
        ("inquire", new Inquire(7, [new ChangeKey(21, One, Session, 44)])),
        ("fates", new Fates(7, [new ChangeFate(21, Fate.Ordered), new ChangeFate(22, Fate.NotExecuted), new ChangeFate(23, Fate.Unknown)])),
        ("control-answer", new ControlAnswer(7, 21, false, AisStatus.NotExist, "no such replica")),
    ];

    private static IEnumerable<(string, HostMessage)> Queries() =>
        new (string Name, QueryBody Body)[]
        {
            ("read", new QueryBody.Read([new ReadElement(new SectionId("a"), 0, ReadElement.Whole)])),
            ("describe", new QueryBody.Describe()),
            ("list", new QueryBody.List(SectionsChosen.GreaterOrEqual, 5)),
            ("describe-sections", new QueryBody.DescribeSections([new SectionId("a"), SectionId.Default])),
            ("synchronize", new QueryBody.Synchronize()),
        }.Select(query => ($"query-{query.Name}", (HostMessage)new Query(7, One, 21, 9_000, query.Body)));

    private static IEnumerable<(string, HostMessage)> Answers() =>
        new (string Name, QueryResult Result)[]
        {
            ("refused", new QueryResult.Refused(AisStatus.NotExist, "no section", 2)),
            ("read", new QueryResult.Read([new byte[] { 1, 2 }, default])),
            ("described", new QueryResult.Described(new CheckpointDescriptor(Attributes, 3, 300))),
            ("listed", new QueryResult.Listed([new SectionId("a")])),
            ("sections", new QueryResult.SectionsDescribed([new SectionDescriptor(new SectionId("a"), AisTime.End, 5, SectionState.Valid, 7), null])),
            ("synchronized", new QueryResult.Synchronized()),
        }.Select(answer => ($"answer-{answer.Name}", (HostMessage)new QueryAnswer(7, 21, false, answer.Result)));

    private static IEnumerable<(string, HostMessage)> Controls() =>
        new (string Name, ControlBody Body)[]
        {
            ("create", new ControlBody.Create(State)),
            ("delete", new ControlBody.Delete()),
            ("retention", new ControlBody.SetRetention(60)),
            ("unlinked", new ControlBody.MarkUnlinked()),
            ("set-active", new ControlBody.SetActive(B)),
            ("add-replica", new ControlBody.AddReplica(B)),
        }.Select(control => ($"control-{control.Name}", (HostMessage)new Control(7, One, 21, 9_000, control.Body)));
}
