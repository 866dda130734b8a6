using Checkpoint.Tests.Processes;

namespace Checkpoint.Tests.Native;

/// <summary>Many threads on one handle of the C library, on a real host.</summary>
[Collection(ProcessSpecs.Name)]
public sealed class ThreadSpecs
{
    /// <summary>So many rounds of so many milliseconds.</summary>
    private static readonly string[] Rounds = ["6", "500"];

    [Fact(DisplayName = "Under ThreadSanitizer no two threads race in the C library while others open, close, dispatch and finalize, and each answer is allowed")]
    [Trait("Category", "Long")]
    public async Task No_race()
    {
        var program = NativeBuild.ThreadSanitizerPathOf("threads");
        await using var cluster = HostCluster.Of(1);
        await cluster.StartAllAsync();

        var run = await NativeRun.OfAsync(program, Rounds, cluster.SocketPath(0), TimeSpan.FromMinutes(5));

        Assert.True(run.ExitCode == 0, $"{run.ExitCode}: {run.Error}{run.Out}");
        Assert.Equal("", run.Error);
        Assert.Matches("^6 rounds, [1-9][0-9]* calls .* 0 answers that are not allowed\n$", run.Out);
    }
}
