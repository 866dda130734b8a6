using System.Globalization;
using Checkpoint.Cli;
using Checkpoint.Protocol;
using Checkpoint.Tests.Processes;

namespace Checkpoint.Tests.Cli;

[Collection(ProcessSpecs.Name)]
public sealed class CliProcessTests
{
    private const int Calls = 20;

    /// <summary>The first call may have to build.</summary>
    private static readonly TimeSpan BuildPatience = TimeSpan.FromMinutes(10);

    [Fact(DisplayName = "A signal ends a watch with exit code 0, and what was printed has arrived")]
    public async Task Watch_signalled()
    {
        await using var host = new FakeGateway(request =>
        {
            var answer = new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: Samples.Answer(request.Command));
            return request.Command is SessionProtocol.Track
                ? [answer, new SessionProtocol.Changed(7, 1, [new SectionChange(SectionChangeKind.Deleted, new SectionId("a"), 0, 0)])]
                : [answer];
        });
        await using var watch = CliProcess.StartBuilt("watch", "words", "--socket", host.Path);

        Assert.Equal("       1  deleted      a", await watch.Out.ReadLineAsync().WaitAsync(HostUnderTest.Patience));
        Signals.Send(watch.Pid, Signal.Term);

        var (exitCode, _, error) = await watch.EndAsync();
        Assert.Equal((ExitCode.Ok, "watching words; Ctrl-C ends it\n"), (exitCode, error));
    }

    [Fact(DisplayName = "Output that is no terminal has no colours, and a user's mistake no stack trace")]
    public async Task Plain()
    {
        await using var host = FakeGateway.Answering(Samples.Answer);

        await using var status = CliProcess.StartBuilt("status", "--socket", host.Path);
        await using var mistake = CliProcess.StartBuilt("status", "--socket", "/nowhere");
        var good = await status.EndAsync();
        var bad = await mistake.EndAsync();

        Assert.Equal(ExitCode.Ok, good.ExitCode);
        Assert.DoesNotContain('\e', good.Out);
        Assert.Equal(ExitCode.Unreachable, bad.ExitCode);
        Assert.DoesNotContain("   at ", bad.Error);
    }

    [Fact(DisplayName = "A user without permission on the socket is told so, and that it is for the host's user and group: exit code 77")]
    public async Task Not_permitted()
    {
        await using var host = FakeGateway.Answering(Samples.Answer);
        File.SetUnixFileMode(host.Path, OtherUser.IsRoot ? UnixFileMode.UserRead | UnixFileMode.UserWrite : UnixFileMode.None);
        const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        var directory = Directory.CreateTempSubdirectory("other-").FullName;
        File.SetUnixFileMode(directory, ForAll);
        try
        {
            await using var status = CliProcess.StartAsOther(directory, "status", "--socket", host.Path);

            var (exitCode, output, error) = await status.EndAsync();

            Assert.Equal((ExitCode.NotPermitted, ""), (exitCode, output));
            Assert.Matches($"^checkpoint: [^ ]+ may not use the host's socket: {host.Path} \\(--socket\\): permission denied.*\n  next: call it as root, .*\n$", error);
            Assert.DoesNotContain("run.sh", error);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    // The promise is 0.3 s on the clock. What the call costs is its CPU time, the wrapper's children included; on a machine that does
    // nothing else the clock shows hardly more, and on a busy one the CPU time still says whether the call became dearer.
    [Trait("Category", "Long")]
    [Fact(DisplayName = "./checkpoint builds itself once; then status, list and show cost less than 0.3 s (median of 20)")]
    public async Task Start_up()
    {
        await using var host = FakeGateway.Answering(Samples.Answer);
        await using (var first = CliProcess.StartWrapper("status", "--socket", host.Path))
            Assert.Equal(ExitCode.Ok, (await first.EndAsync(BuildPatience)).ExitCode);

        foreach (var arguments in new string[][] { ["status"], ["list"], ["show", "words"] })
        {
            var costs = new List<double>();
            for (var call = 0; call < Calls; call++)
            {
                await using var run = CliProcess.StartTimedWrapper([.. arguments, "--socket", host.Path]);
                var (exitCode, _, error) = await run.EndAsync();
                Assert.Equal(ExitCode.Ok, exitCode);
                Assert.Matches("^[0-9.]+ [0-9.]+\n$", error); // The times and nothing else: nothing was built.
                costs.Add(error.Split(' ').Sum(time => double.Parse(time, CultureInfo.InvariantCulture)));
            }

            var median = costs.Order().ElementAt(Calls / 2);
            Assert.True(median < 0.3, $"{arguments[0]}: median {median:0.000} s of {string.Join(' ', costs.Select(cost => $"{cost:0.000}"))}");
        }
    }
}
