using Checkpoint.Protocol;
using Checkpoint.Tests.Cli;
using WordCount;
using WordCount.Demonstration;
using Xunit;

namespace Checkpoint.Tests.Samples;

public sealed class HostAdministrationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HostAdministration _administration = new(TimeProvider.System);

    [Fact(DisplayName = "Who orders the counts is asked until the host knows")]
    public async Task Orderer()
    {
        var asked = 0;
        await using var host = new FakeGateway(request => asked++ switch
        {
            0 => [new SessionProtocol.Answer(request.Id, AisStatus.TryAgain, "no view serves")],
            1 => null, // The connection ends.
            2 => [Listed(request, "")],
            _ => [Listed(request, "node2")],
        });

        Assert.Equal("node2", await _administration.OrdererAsync(host.Path, CancellationToken.None).WaitAsync(Patience));
        Assert.Equal(Enumerable.Repeat(new SessionProtocol.ListCheckpoints(), 4), host.Received);
    }

    [Fact(DisplayName = "A restarted host counts when it holds both checkpoints whole")]
    public async Task Full()
    {
        var asked = 0;
        await using var host = new FakeGateway(request => [Shown(request, asked++ == 0 ? 2 : 3)]);

        await _administration.UntilFullAsync(host.Path, 3, CancellationToken.None).WaitAsync(Patience);

        Assert.Equal(
            [new SessionProtocol.ShowCheckpoint(CountStore.Name), new SessionProtocol.ShowCheckpoint(CountStore.Name), new SessionProtocol.ShowCheckpoint(Lease.Name)],
            host.Received);
    }

    [Fact(DisplayName = "A drain is asked for until the node has left")]
    public async Task Drains()
    {
        var asked = 0;
        await using var host = new FakeGateway(
            request => [new SessionProtocol.Answer(request.Id, asked++ == 0 ? AisStatus.Timeout : AisStatus.NotExist, "no node is called node3")]);

        await _administration.DrainAsync(host.Path, "node3", CancellationToken.None).WaitAsync(Patience);

        Assert.Equal(Enumerable.Repeat(new SessionProtocol.Drain("node3"), 2), host.Received);
    }

    private static SessionProtocol.Answer Listed(SessionProtocol.Request request, string orderer) => new(
        request.Id, AisStatus.Ok, Body: new SessionProtocol.CheckpointList([Row(Lease.Name, "node1"), Row(CountStore.Name, orderer)]));

    private static SessionProtocol.CheckpointRow Row(CheckpointName name, string orderer) =>
        new(name, Cli.Samples.Incarnation, false, CreationFlags.WriteAllReplicas, 0, 0, orderer, false);

    private static SessionProtocol.Answer Shown(SessionProtocol.Request request, int replicas) => new(
        request.Id,
        AisStatus.Ok,
        Body: Cli.Samples.Detail with { Replicas = [.. Enumerable.Range(1, replicas).Select(i => new SessionProtocol.ReplicaRow($"node{i}", false, true))] });
}
