using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using CsCheck;

namespace Checkpoint.Tests.Actors.Replication;

public sealed class UpdateLogTests
{
    [Fact(DisplayName = "The log is the stretch of the order that was appended and not truncated, whatever the history")]
    public void Stretch() => Gen.Select(Gen.Long[0, 1000], Gen.Int[0, 40].List[0, 60]).Sample((start, steps) =>
    {
        var log = new UpdateLog();
        log.Reset(start);
        var (first, end) = (start + 1, start);
        foreach (var step in steps)
        {
            if (step < 30)
                for (var count = 0; count < step; count++)
                    log.Append(Entry(++end));
            else
                log.Truncate(first + step - 30);
            first = Math.Min(step < 30 ? first : Math.Max(first, first + step - 29), end + 1);
        }

        Assert.Equal((first, end, (end - first + 1) * LogEntry.OverheadBytes), (log.First, log.End, log.Bytes));
        Assert.Equal(Enumerable.Range(0, (int)(end - first + 1)).Select(index => first + index), log.Slice(first, long.MaxValue).Select(entry => entry.Sequence));
    });

    [Fact(DisplayName = "A slice holds what fits, but one entry at least")]
    public void Slice()
    {
        var log = new UpdateLog();
        for (var sequence = 1; sequence <= 5; sequence++)
            log.Append(Entry(sequence));

        Assert.Equal([2L, 3L], log.Slice(2, 2 * LogEntry.OverheadBytes).Select(entry => entry.Sequence));
        Assert.Equal([4L], log.Slice(4, 1).Select(entry => entry.Sequence));
    }

    [Fact(DisplayName = "An entry that would leave a hole is refused")]
    public void Hole()
    {
        var log = new UpdateLog();
        Assert.Throws<InvalidOperationException>(() => log.Append(Entry(2)));
        Assert.Equal(0, log.End);
    }

    private static LogEntry Entry(long sequence) => new(sequence, 1, 0, new LogBody.Unlinked());
}
