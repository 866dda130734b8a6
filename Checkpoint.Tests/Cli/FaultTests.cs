using Checkpoint.Cli;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cli;

public sealed class FaultTests
{
    [Theory(DisplayName = "fault hands its words to the host and says what is now wrong where")]
    [InlineData("stall", "500", "stall 500")]
    [InlineData("clock-offset", "-5000", "clock-offset -5000")]
    [InlineData("throw", "apply safCkpt=a", "throw apply safCkpt=a")]
    [InlineData("corrupt", "safCkpt=a b", "corrupt safCkpt=a b")]
    [InlineData("collect", "", "collect")]
    [InlineData("none", "", "none")]
    public async Task Text(string fault, string value, string expected)
    {
        await using var host = FakeGateway.Answering(_ => null);

        var run = await CliRun.OfAsync(["fault", fault, .. value.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--socket", host.Path]);

        Assert.Equal((ExitCode.Ok, $"node1: {expected}\n"), (run.ExitCode, run.Out));
        Assert.Equal([new SessionProtocol.InjectFault(fault, value)], host.Received);
    }

    [Fact(DisplayName = "fault names the default section by an empty argument")]
    public async Task Default_section()
    {
        await using var host = FakeGateway.Answering(_ => null);

        var run = await CliRun.OfAsync("fault", "corrupt", "safCkpt=a", "", "--json", "--socket", host.Path);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("\"value\": \"safCkpt=a \"", run.Out);
        Assert.Equal([new SessionProtocol.InjectFault("corrupt", "safCkpt=a ")], host.Received);
    }

    [Fact(DisplayName = "A host without faults refuses, and the message says which setting it is")]
    public async Task Not_enabled()
    {
        await using var host = FakeGateway.Refusing(AisStatus.BadOperation, "checkpoint.faults.enabled is off on this host");

        var run = await CliRun.OfAsync("fault", "stall", "500", "--socket", host.Path);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Equal(
            "checkpoint: SA_AIS_ERR_BAD_OPERATION: checkpoint.faults.enabled is off on this host\n"
            + "  next: a host for tests is started with --set checkpoint.faults.enabled=on\n",
            run.Error);
    }
}
