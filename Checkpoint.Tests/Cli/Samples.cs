using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cli;

/// <summary>Answers of a small cluster, for golden outputs.</summary>
internal static class Samples
{
    public static readonly CheckpointName Words = new("words");
    public static readonly IncarnationId Incarnation = new(new Guid("00112233-4455-6677-8899-aabbccddeeff"));

    public static readonly CreationAttributes Attributes = new(
        CreationFlags.WriteActiveReplica | CreationFlags.Collocated, 4096, 300 * AisTime.NanosecondsPerSecond, 16, 1024, 32);

    public static readonly SessionProtocol.NodeStatus Status = new(
        "node1",
        FakeGateway.Host,
        3,
        true,
        "ok",
        false,
        [
            new("node1", FakeGateway.Host, "Up", "reachable", true, 1),
            new("node2", new HostId("127.0.0.1:4712", 5), "Up", "unreachable", true, 0),
        ],
        [new(new SessionId(new Guid(1, 0, 0, new byte[8])), "worker 12", 2)],
        1,
        2048,
        1_073_741_824);

    public static readonly SessionProtocol.CheckpointRow Row = new(Words, Incarnation, false, Attributes.Flags, 2, 2048, "node1", false);

    public static readonly SessionProtocol.CheckpointDetail Detail = new(
        Words, Incarnation, 1_700_000_000_000_000_000, Attributes, AisTime.End, 2048, 3, 2, 1, 2, 2, 0, 41, "node1", false, [new("node1", true, true), new("node2", false, false)]);

    public static readonly SectionDescriptor[] Sections =
    [
        new(new SectionId("b"), AisTime.End, 3, SectionState.Valid, 1_700_000_000_000_000_000),
        new(new SectionId("a\n"), 1_700_000_100_000_000_000, 2, SectionState.Corrupted, 1_700_000_000_000_000_000),
    ];

    /// <summary>What a host that holds <see cref="Sections"/> answers.</summary>
    public static SessionProtocol.Result? Answer(SessionProtocol.Command command) => command switch
    {
        SessionProtocol.GetNodeStatus => Status,
        SessionProtocol.ListCheckpoints => new SessionProtocol.CheckpointList([Row]),
        SessionProtocol.GetNodeLimits => new SessionProtocol.NodeLimits(
        [
            new("checkpoint.gateway.clients-max", 512, 64, "RLIMIT_NOFILE = 512"),
            new("checkpoint.replication.memory-max", 2L << 30, 2L << 30, "no limit"),
        ]),
        SessionProtocol.ShowCheckpoint => Detail,
        SessionProtocol.Open => new SessionProtocol.Opened(7, Incarnation, Attributes),
        SessionProtocol.IterationInitialize => new SessionProtocol.IterationOpened(9),
        SessionProtocol.Read read => new SessionProtocol.Data([.. read.Elements.Select(element => Content(element.Id))]),
        _ => null,
    };

    public static ReadOnlyMemory<byte> Content(SectionId id) => id == new SectionId("b") ? "xyz"u8.ToArray() : new byte[] { 0, 255 };
}
