namespace Checkpoint.Tests.Native;

/// <summary>The C library against a stand-in for its host (Checkpoint.Native/tests/frames.c): what no real host does, and a lack of memory.</summary>
public sealed class FramesTests
{
    [Fact(DisplayName = "A lack of memory ends in NO_MEMORY, small requests overtake large ones, and malformed changes end the connection")]
    public async Task Transcript()
    {
        var run = await NativeRun.OfAsync(NativeBuild.PathOf("frames"), [], socket: "", TimeSpan.FromSeconds(120));

        Assert.Equal(
            """
            no memory for a large answer: 8
            the next call on the same connection: 1
            the large answer when there is memory: 1
            a small request overtakes a large one that has begun
            the large one: 1
            a large request that the host does not read in time: 5
            its rest comes whole, and before what was sent later: yes
            changes with a kind that there is not: the connection is cut
            changes with an id beyond their end: the connection is cut
            changes with bytes behind them: the connection is cut
            well-formed changes: 1 callback

            """,
            run.Out + run.Error);
        Assert.Equal(0, run.ExitCode);
    }
}
