using Checkpoint.Cli;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cli;

public sealed class WatchDrainTests
{
    private static readonly SessionProtocol.IMessage[] Changes =
    [
        new SessionProtocol.Changed(7, 41, [new(SectionChangeKind.Created, new SectionId("a"), 0, 5), new(SectionChangeKind.Written, new SectionId("b"), 16, 4)]),
        new SessionProtocol.Gap(7, 90),
        new SessionProtocol.Changed(7, 91, [new(SectionChangeKind.Expired, new SectionId("a"), 0, 0)]),
    ];

    [Fact(DisplayName = "watch prints each change and each gap in order, gives one credit for either, and ends after --count changes")]
    public async Task Watch_text()
    {
        await using var host = Tracking(Changes);

        var run = await CliRun.OfAsync("watch", "words", "--count", "2", "--socket", host.Path);

        Assert.Equal(
            """
                  41  created      a  offset 0  5 bytes
                  41  written      b  offset 16  4 bytes
                  90  gap          changes up to here were not told: this reader was too slow
                  91  expired      a

            """,
            run.Out);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal([new(7, 1), new(7, 1), new(7, 1)], host.Received.OfType<SessionProtocol.ChangeCredit>());
    }

    [Fact(DisplayName = "watch --json prints one object a line")]
    public async Task Watch_json()
    {
        await using var host = Tracking(Changes);

        var run = await CliRun.OfAsync("watch", "words", "--count", "2", "--json", "--socket", host.Path);

        Assert.Equal(
            """
            {"position":41,"change":"created","id":"a","offset":0,"size":5}
            {"position":41,"change":"written","id":"b","offset":16,"size":4}
            {"position":90,"change":"gap"}
            {"position":91,"change":"expired","id":"a","offset":0,"size":0}

            """,
            run.Out);
        Assert.Empty(run.Error);
    }

    [Fact(DisplayName = "Ctrl-C ends a watch with exit code 0")]
    public async Task Watch_interrupted()
    {
        using var stop = new CancellationTokenSource();
        await using var host = new FakeGateway(request =>
        {
            if (request.Command is SessionProtocol.Track)
                stop.CancelAfter(TimeSpan.FromMilliseconds(50));
            return [new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: Samples.Answer(request.Command))];
        });

        var run = await CliRun.OfAsync(["watch", "words", "--socket", host.Path], "", stop.Token);

        // The interrupt may come before the answer to Track has been read: that is a command cut short.
        Assert.Contains(run.ExitCode, new[] { ExitCode.Ok, ExitCode.Interrupted });
    }

    [Fact(DisplayName = "A host that says farewell ends a watch with exit code 3")]
    public async Task Watch_farewell()
    {
        await using var host = Tracking(new SessionProtocol.Farewell(AisStatus.Unavailable, "left out of view 4"));

        var run = await CliRun.OfAsync("watch", "words", "--socket", host.Path);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("left out of view 4", run.Error);
    }

    [Fact(DisplayName = "A checkpoint that goes away ends its watch with exit code 1")]
    public async Task Watch_gone()
    {
        await using var host = Tracking(Changes[0], new SessionProtocol.Gap(7, long.MaxValue));

        var run = await CliRun.OfAsync("watch", "words", "--socket", host.Path);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Equal(2, run.Out.Count(letter => letter == '\n'));
        Assert.Contains("SA_AIS_ERR_BAD_HANDLE: the checkpoint is gone", run.Error);
    }

    [Fact(DisplayName = "drain waits at least a minute and says how long it took")]
    public async Task Drain()
    {
        var budget = 0L;
        await using var host = new FakeGateway(request =>
        {
            budget = request.Budget;
            return [new SessionProtocol.Answer(request.Id, AisStatus.Ok)];
        });

        var run = await CliRun.OfAsync("drain", "node2", "--socket", host.Path);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith("node2 has left after ", run.Out);
        Assert.InRange(budget, 50 * AisTime.NanosecondsPerSecond, 60 * AisTime.NanosecondsPerSecond);
        Assert.Equal([new SessionProtocol.Drain("node2")], host.Received);
    }

    [Fact(DisplayName = "drain of the node whose socket is used counts as done when that host has gone")]
    public async Task Drain_own_host()
    {
        FakeGateway? host = null;
        host = new FakeGateway(_ =>
        {
            File.Delete(host!.Path);
            return null;
        });
        await using (host)
        {
            var run = await CliRun.OfAsync("drain", "node1", "--socket", host.Path);

            Assert.Equal(ExitCode.Ok, run.ExitCode);
            Assert.StartsWith("node1 has left after ", run.Out);
        }
    }

    [Fact(DisplayName = "drain of a node that nobody knows says where the names are")]
    public async Task Drain_unknown()
    {
        await using var host = FakeGateway.Refusing(AisStatus.NotExist, "no node is called node9");

        var run = await CliRun.OfAsync("drain", "node9", "--socket", host.Path);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.EndsWith("next: 'checkpoint status' shows the names of the nodes\n", run.Error);
    }

    private static FakeGateway Tracking(params SessionProtocol.IMessage[] pushes) => new(request =>
    {
        var answer = new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: Samples.Answer(request.Command));
        return request.Command is SessionProtocol.Track ? [answer, .. pushes] : [answer];
    });
}
