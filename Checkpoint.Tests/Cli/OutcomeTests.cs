using Checkpoint.Cli;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cli;

/// <summary>How outcomes become exit codes and messages.</summary>
public sealed class OutcomeTests
{
    [Theory(DisplayName = "A wrong command line is exit code 2, says what is wrong, and sends nothing")]
    [InlineData("show", "Required argument 'NAME' missing")]
    [InlineData("shwo words", "'shwo'")]
    [InlineData("list --nonsense", "'--nonsense'")]
    [InlineData("list --timeout 5", "'5' is no duration")]
    [InlineData("watch words --count 0", "'0' is no number from 1")]
    [InlineData("put words s --text x --kind best", "'best'")]
    [InlineData("dump words --raw --json", "--raw and --json exclude each other")]
    public async Task Usage(string line, string message)
    {
        await using var host = FakeGateway.Answering(Samples.Answer);

        var run = await CliRun.OfAsync([.. line.Split(' '), "--socket", host.Path]);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, run.Error);
        Assert.Empty(run.Out);
        Assert.Empty(host.Received);
    }

    [Fact(DisplayName = "A refusal is exit code 1 with the AIS code, the reason and what to do next")]
    public async Task Refused()
    {
        await using var host = FakeGateway.Refusing(AisStatus.NotExist, "no checkpoint words");

        var run = await CliRun.OfAsync("show", "words", "--socket", host.Path);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Equal("checkpoint: SA_AIS_ERR_NOT_EXIST: no checkpoint words\n  next: 'checkpoint list' shows the checkpoints there are\n", run.Error);
        Assert.Empty(run.Out);
    }

    [Fact(DisplayName = "With --json a refusal is one JSON object on standard error")]
    public async Task Refused_json()
    {
        await using var host = FakeGateway.Refusing(AisStatus.Access, "opened for reading");

        var run = await CliRun.OfAsync("put", "words", "s", "--text", "x", "--json", "--socket", host.Path);

        Assert.Equal("""{"error":{"exitCode":1,"status":"SA_AIS_ERR_ACCESS","code":11,"message":"opened for reading"}}""" + "\n", run.Error);
    }

    [Fact(DisplayName = "TIMEOUT is exit code 4: the outcome is unknown")]
    public async Task Unknown()
    {
        await using var host = FakeGateway.Refusing(AisStatus.Timeout, "no answer from the orderer");

        var run = await CliRun.OfAsync("drain", "node2", "--socket", host.Path);

        Assert.Equal(ExitCode.OutcomeUnknown, run.ExitCode);
        Assert.Contains("it may or may not have been done", run.Error);
    }

    [Fact(DisplayName = "TRY_AGAIN is asked again until it is answered")]
    public async Task Try_again()
    {
        var asked = 0;
        await using var host = new FakeGateway(request => [++asked < 3
            ? new SessionProtocol.Answer(request.Id, AisStatus.TryAgain, "the view changes")
            : new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: new SessionProtocol.CheckpointList([]))]);

        var run = await CliRun.OfAsync("list", "--socket", host.Path);

        Assert.Equal((ExitCode.Ok, "no checkpoints\n", 3), (run.ExitCode, run.Out, asked));
    }

    [Fact(DisplayName = "TRY_AGAIN for as long as --timeout says is exit code 1")]
    public async Task Try_again_for_ever()
    {
        await using var host = FakeGateway.Refusing(AisStatus.TryAgain, "the view changes");

        var run = await CliRun.OfAsync("list", "--timeout", "100ms", "--socket", host.Path);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.StartsWith("checkpoint: SA_AIS_ERR_TRY_AGAIN: the view changes\n", run.Error);
    }

    [Fact(DisplayName = "Without a host it is exit code 3, with each place looked at and what to type")]
    public async Task Unreachable()
    {
        var run = await CliRun.OfAsync(["status"], "", CancellationToken.None, new() { ["CHECKPOINT_SOCKET"] = "/nowhere/host.sock" });

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Equal(
            "checkpoint: no host answers: /nowhere/host.sock (CHECKPOINT_SOCKET): there is no such socket\n"
            + "  next: start hosts with './run.sh --keep', or name a running host's socket with --socket PATH or CHECKPOINT_SOCKET\n",
            run.Error);
    }

    [Fact(DisplayName = "A socket path that no kernel takes is a message, not a crash")]
    public async Task Path_too_long()
    {
        var run = await CliRun.OfAsync("status", "--socket", "/" + new string('x', 300));

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
    }

    [Fact(DisplayName = "A connection that ends under a request is exit code 3")]
    public async Task Connection_lost()
    {
        await using var host = new FakeGateway(_ => null);

        var run = await CliRun.OfAsync("list", "--socket", host.Path);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("ended the connection", run.Error);
    }

    [Fact(DisplayName = "A host that says farewell is quoted")]
    public async Task Farewell()
    {
        await using var host = new FakeGateway(_ => [new SessionProtocol.Farewell(AisStatus.Unavailable, "this host shuts down"), null]);

        var run = await CliRun.OfAsync("list", "--socket", host.Path);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("ended the connection: this host shuts down;", run.Error);
    }

    [Fact(DisplayName = "A host of another release that answers with something else is no crash")]
    public async Task Other_body()
    {
        await using var host = FakeGateway.Answering(_ => new SessionProtocol.IterationOpened(1));

        var run = await CliRun.OfAsync("list", "--socket", host.Path);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("instead of CheckpointList", run.Error);
    }

    [Fact(DisplayName = "An interrupted command is exit code 130")]
    public async Task Interrupted()
    {
        using var stop = new CancellationTokenSource();
        await using var host = new FakeGateway(_ =>
        {
            stop.Cancel();
            return [];
        });

        var run = await CliRun.OfAsync(["list", "--socket", host.Path], "", stop.Token);

        Assert.Equal(ExitCode.Interrupted, run.ExitCode);
    }

    [Fact(DisplayName = "bench without a host or a contact says what to type")]
    public async Task Bench_without_cluster()
    {
        var run = await CliRun.OfAsync(["bench"], "", CancellationToken.None, new() { ["CHECKPOINT_SOCKET"] = "/nowhere/host.sock" });

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("next: './run.sh --keep' starts three hosts here, then './checkpoint bench'", run.Error);
    }

    [Theory(DisplayName = "bench with contacts that lead nowhere ends with a message")]
    [InlineData("127.0.0.1:1", ExitCode.Unreachable, "none of 127.0.0.1:1 served within")]
    [InlineData("nonsense", ExitCode.Usage, "'nonsense' is not host:port")]
    public async Task Bench_contacts(string contact, int exitCode, string message)
    {
        var run = await CliRun.OfAsync("bench", "--contact", contact, "--timeout", "300ms");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(message, run.Error);
    }

    [Fact(DisplayName = "--help names every command and the exit codes")]
    public async Task Help()
    {
        var run = await CliRun.OfAsync("--help");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        foreach (var command in new[] { "status", "list", "show", "dump", "put", "watch", "drain", "bench" })
            Assert.Contains($"  {command}", run.Out);
        Assert.Contains("Exit codes: 0 done; 1 refused", run.Out);
    }
}
