using Checkpoint.Actors.Diagnostics;

namespace Checkpoint.Tests.Actors.Diagnostics;

public sealed class MemoryWatchTests
{
    [Fact(DisplayName = "Above 85 % of the heap's limit nothing may grow, until it is below 75 %; a collection is asked for now and then")]
    public void Full_and_room()
    {
        var (heap, collections, now) = (0L, 0, 0L);
        var watch = new MemoryWatch(() => (heap, 1_000), () => collections++);

        Assert.Equal([(false, 0), (false, 0), (true, 1), (true, 1), (false, 1), (false, 1)], new[] { 0L, 850, 851, 751, 750, 850 }.Select(At));
        heap = 900;
        now += 5_000_000_000;
        watch.Tick(now);
        Assert.Equal((true, 2), (watch.IsExhausted, collections));

        (bool IsExhausted, int Collections) At(long bytes)
        {
            heap = bytes;
            now += 100_000_000;
            watch.Tick(now);
            return (watch.IsExhausted, collections);
        }
    }
}
