using Checkpoint.Tests.Processes;

namespace Checkpoint.Tests.Native;

/// <summary>The C library on a real host, with every allocation of its process counted (Checkpoint.Native/tests/hot_path.c).</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class AllocationSpecs
{
    /// <summary>It takes seconds; two minutes were seen on two very busy cores.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    [Fact(DisplayName = "10,000 small overwrites, writes and reads allocate nothing in the C library")]
    public async Task Hot_path()
    {
        await using var cluster = HostCluster.Of(1);
        await cluster.StartAllAsync();

        var run = await NativeRun.OfAsync(NativeBuild.PathOf("hot_path"), ["10000"], cluster.SocketPath(0), Patience);

        Assert.Equal((0, "10000 overwrites, writes and reads: 0 allocations\n", ""), (run.ExitCode, run.Out, run.Error));
    }
}
