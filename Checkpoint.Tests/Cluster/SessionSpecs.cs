using Checkpoint.Actors.Sessions;
using Checkpoint.Host.Gateway;
using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Tests.Cluster;

/// <summary>Real hosts, real sockets: what a program on one machine does and what one on another sees.</summary>
public sealed class SessionSpecs : IAsyncLifetime
{
    private static readonly CheckpointName Name = new("safCkpt=spec");

    private static readonly CreationAttributes Attributes = new(CreationFlags.WriteAllReplicas, 0, 0, 20_000, 8 * 1024 * 1024, 32);

    private readonly TestGateways _gateways = new();
    private TestCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(2);
        foreach (var host in _cluster.Hosts)
            _gateways.Start(host.Name, host);
    }

    public async Task DisposeAsync()
    {
        _gateways.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact(DisplayName = "Written on A, read on B: vectors, megabytes, iteration, status; unlinked and closed it is gone")]
    public async Task Through_two_hosts()
    {
        await using var a = await ConnectAsync("A");
        await using var b = await ConnectAsync("B");
        var onA = await OpenAsync(a);
        var large = new byte[5_000_000];
        new Random(5).NextBytes(large);
        foreach (var id in new[] { "s1", "s2" })
            await OkAsync(a, new Change(onA, new ContentOp.CreateSection(new SectionId(id), AisTime.End, default)));
        await OkAsync(a, new Change(onA, new ContentOp.Write([new(new SectionId("s1"), 3, large), new(new SectionId("s2"), 0, "two"u8.ToArray())])));

        var onB = await OpenAsync(b);
        var read = (Data)(await OkAsync(b, new Read(onB, [new(new SectionId("s2"), 0, ReadElement.Whole), new(new SectionId("s1"), 3, ReadElement.Whole)]))).Body!;
        Assert.Equal("two"u8.ToArray(), read.Buffers[0].ToArray());
        Assert.True(read.Buffers[1].Span.SequenceEqual(large));

        var iteration = ((IterationOpened)(await OkAsync(b, new IterationInitialize(onB, SectionsChosen.Any, 0))).Body!).Iteration;
        var sections = ((Sections)(await OkAsync(b, new IterationNext(iteration, 100))).Body!).Descriptors;
        Assert.Equal([("s1", 5_000_003L), ("s2", 3L)], sections.Select(section => (section.Id.ToString(), section.Size)).Order());
        Assert.Equal(5_000_006, ((Status)(await OkAsync(a, new GetStatus(onA))).Body!).Descriptor.MemoryUsed);
        Assert.Equal(AisStatus.NotExist, (await SendAsync(b, new Change(onB, new ContentOp.DeleteSection(new SectionId("s9"))))).Status);

        await OkAsync(b, new Unlink(Name));
        await OkAsync(a, new Close(onA));
        Assert.Equal(AisStatus.NotExist, (await SendAsync(a, new Open(Name, OpenFlags.Read, null))).Status);
        await OkAsync(b, new Read(onB, [new(new SectionId("s2"), 0, ReadElement.Whole)]));
        await OkAsync(b, new Close(onB));
    }

    [Fact(DisplayName = "A client's death closes its opens: with retention 0 the checkpoint is gone")]
    public async Task Death()
    {
        var a = await ConnectAsync("A");
        await OpenAsync(a);
        await a.DisposeAsync();
        await using var b = await ConnectAsync("B");
        var patience = TimeProvider.System.GetTimestamp();
        while ((await SendAsync(b, new Open(Name, OpenFlags.Read, null))) is { Status: AisStatus.Ok } opened)
        {
            await OkAsync(b, new Close(((Opened)opened.Body!).Handle));
            Assert.True(TimeProvider.System.GetElapsedTime(patience) < TestCluster.Patience, "the checkpoint is still there");
        }
    }

    [Fact(DisplayName = "What an operator sees: nodes by their names, checkpoints with orderer, openers and replicas; faults are refused")]
    public async Task Administration()
    {
        await using var a = await ConnectAsync("A");
        await using var b = await ConnectAsync("B");
        await OpenAsync(a);
        await OpenAsync(b);

        var status = (NodeStatus)(await OkAsync(a, new GetNodeStatus())).Body!;
        Assert.Equal((true, false), (status.Serving, status.JournalAway));
        Assert.Equal(["A", "B"], status.Nodes.Select(node => node.NodeName));
        Assert.All(status.Nodes, node => Assert.Equal(("Up", "reachable", true), (node.MemberStatus, node.Reachability, node.InView)));
        Assert.Equal(("spec", 1), Assert.Single(status.Sessions.Select(session => (session.ClientName, session.Handles))));
        Assert.Equal(1, status.Nodes.Sum(node => node.Orders));

        var row = Assert.Single(((CheckpointList)(await OkAsync(b, new ListCheckpoints())).Body!).Rows);
        Assert.Equal((Name, "A"), (row.Name, row.Orderer));
        var detail = (CheckpointDetail)(await OkAsync(b, new ShowCheckpoint(Name))).Body!;
        Assert.Equal((2, 2, 2, 2), (detail.NumOpeners, detail.NumReaders, detail.NumWriters, detail.NumReplicas));
        Assert.Equal(AisStatus.NotExist, (await SendAsync(a, new ShowCheckpoint(new CheckpointName("safCkpt=no")))).Status);
        Assert.Equal(AisStatus.BadOperation, (await SendAsync(a, new InjectFault("stall", "5"))).Status);
        Assert.Equal(AisStatus.NotExist, (await SendAsync(a, new Drain("Z"))).Status);
    }

    [Fact(DisplayName = "A tracker on B hears A's writes in order, with section, offset and size")]
    public async Task Tracking()
    {
        await using var a = await ConnectAsync("A");
        await using var b = await ConnectAsync("B");
        var (onA, onB) = (await OpenAsync(a), await OpenAsync(b));
        await OkAsync(b, new Track(onB, true));
        await OkAsync(a, new Change(onA, new ContentOp.CreateSection(new SectionId("s"), AisTime.End, default)));
        for (var i = 0; i < 20; i++)
            await OkAsync(a, new Change(onA, new ContentOp.Write([new(new SectionId("s"), i * 4, new byte[4])])));

        List<SectionChange> heard = [];
        while (heard.Count < 21)
            heard.AddRange(Assert.IsType<Changed>(await b.Pushes.ReadAsync().AsTask().WaitAsync(TestCluster.Patience)).Changes);
        Assert.Equal(SectionChangeKind.Created, heard[0].Kind);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (SectionChangeKind.Written, i * 4L, 4L)), heard.Skip(1).Select(change => (change.Kind, change.Offset, change.Size)));
    }

    private Task<GatewayConnection> ConnectAsync(string host) => GatewayConnection.ConnectAsync(
        _gateways.PathOf(host), new Hello(SessionProtocol.Version, "spec", AisVersion.B22, Profile.Strict), TimeProvider.System, CancellationToken.None);

    private static async Task<ulong> OpenAsync(GatewayConnection connection)
    {
        var answer = await OkAsync(connection, new Open(Name, OpenFlags.Create | OpenFlags.Read | OpenFlags.Write, Attributes));
        return ((Opened)answer.Body!).Handle;
    }

    private static async Task<Answer> OkAsync(GatewayConnection connection, Command command)
    {
        var answer = await SendAsync(connection, command);
        Assert.True(answer.Status == AisStatus.Ok, $"{command.GetType().Name}: {answer.Status}, {answer.Reason}");
        return answer;
    }

    private static Task<Answer> SendAsync(GatewayConnection connection, Command command) =>
        connection.SendAsync(command, 60_000_000_000, CancellationToken.None);
}
