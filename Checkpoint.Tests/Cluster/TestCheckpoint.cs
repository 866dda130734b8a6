using System.Text;
using Akka.Actor;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Tests.Cluster;

/// <summary>
/// One incarnation, created by its entity and then used through the agents of a <see cref="TestCluster"/>, without sessions. No session
/// confirms the opener, so the entity closes it in time; the retention is without end.
/// </summary>
public sealed class TestCheckpoint
{
    private static readonly SessionId Session = new(new Guid(1, 1, 1, new byte[8]));

    private readonly IncarnationId _incarnation;

    private TestCheckpoint(IncarnationId incarnation) => _incarnation = incarnation;

    /// <summary>One that exists already.</summary>
    public static TestCheckpoint Of(IncarnationId incarnation) => new(incarnation);

    /// <summary>Creates it on this host, which orders it. WR_ALL_REPLICAS unless told otherwise.</summary>
    public static async Task<TestCheckpoint> CreateAsync(TestHost host, string name, CreationFlags flags = CreationFlags.WriteAllReplicas)
    {
        var attributes = new CreationAttributes(flags, 0, AisTime.End, 100_000, 64 * 1024 * 1024, 64);
        var opener = new CheckpointProtocol.Opener(host.Id, Session, 1, OpenFlags.Create | OpenFlags.Read | OpenFlags.Write);
        var deadline = AisTime.Now(TimeProvider.System) + (30 * AisTime.NanosecondsPerSecond);
        var reply = await host.Node.Services.Checkpoints.Ask<CheckpointProtocol.IReply>(
            new CheckpointProtocol.Open(new CheckpointName(name), TestHost.NextNumber(), deadline, opener, attributes, false, null), TestCluster.Patience);
        var opened = Assert.IsType<CheckpointProtocol.Opened>(reply);
        return new TestCheckpoint(opened.Incarnation);
    }

    /// <summary>Overwrites the section, or creates it when it is new. One call, at most one change of the section's content.</summary>
    public async Task<AisStatus> WriteAsync(TestHost host, SectionId section, string text)
    {
        var data = Encoding.UTF8.GetBytes(text);
        var status = await ChangeAsync(host, new ContentOp.Overwrite(section, data));
        return status == AisStatus.NotExist ? await ChangeAsync(host, new ContentOp.CreateSection(section, AisTime.End, data)) : status;
    }

    public async Task<AisStatus> ChangeAsync(TestHost host, ContentOp op) =>
        (await host.AskAsync<Changed>(new Change(TestHost.NextNumber(), _incarnation, Session, 1, op, host.Deadline()))).Status;

    public async Task<string> ReadAsync(TestHost host, SectionId section)
    {
        var read = await host.AskAsync<ReadDone>(
            new Read(TestHost.NextNumber(), _incarnation, [new ReadElement(section, 0, ReadElement.Whole)], host.Deadline()));
        Assert.True(read.Status == AisStatus.Ok, $"read on {host.Name}: {read.Status} {read.Reason}");
        return Encoding.UTF8.GetString(read.Result.Data[0].Span);
    }

    /// <summary>The ids of all sections, in order.</summary>
    public async Task<IReadOnlyList<SectionId>> SectionsAsync(TestHost host)
    {
        var listed = await host.AskAsync<Listed>(new List(TestHost.NextNumber(), _incarnation, SectionsChosen.Any, 0, host.Deadline()));
        Assert.True(listed.Status == AisStatus.Ok, $"list on {host.Name}: {listed.Status} {listed.Reason}");
        return [.. listed.Ids.OrderBy(id => id.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>Every section with its content, in order, as this host's replica has it; each byte a character, so that it can be compared.</summary>
    public async Task<IReadOnlyList<(SectionId Id, string Content)>> ContentAsync(TestHost host)
    {
        List<(SectionId, string)> content = [];
        foreach (var some in (await SectionsAsync(host)).Chunk(500))
        {
            var read = await host.AskAsync<ReadDone>(new Read(
                TestHost.NextNumber(), _incarnation, [.. some.Select(id => new ReadElement(id, 0, ReadElement.Whole))], host.Deadline()));
            Assert.True(read.Status == AisStatus.Ok, $"read on {host.Name}: {read.Status} {read.Reason}");
            content.AddRange(some.Select((id, index) => (id, Encoding.Latin1.GetString(read.Result.Data[index].Span))));
        }

        return content;
    }

    /// <summary>What the host's agent knows of it, or null when it knows none.</summary>
    public async Task<IncarnationStatus?> StatusAsync(TestHost host) =>
        (await host.AskAsync<AgentStatus>(new GetAgentStatus(TestHost.NextNumber()))).Incarnations.FirstOrDefault(item => item.Incarnation == _incarnation);

    /// <summary>Waits until the host counts as full.</summary>
    public Task FullOnAsync(TestHost host) => Eventually.TrueAsync(
        $"{host.Name} counts as a replica",
        async () => await StatusAsync(host) is { } status && status.ReplicaHosts.Contains(host.Id));

    /// <summary>Waits until none of the hosts has it any more.</summary>
    public Task GoneFromAsync(params TestHost[] hosts) => Eventually.TrueAsync(
        $"it is gone from {string.Join(", ", hosts.Select(host => host.Name))}",
        async () => (await Task.WhenAll(hosts.Select(StatusAsync))).All(status => status is null));
}
