using System.Text;
using Checkpoint.Host.Logging;

namespace Checkpoint.Tests.Host.Logging;

public sealed class LineQueueTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Target _target = new();
    private readonly List<string> _told = [];
    private readonly LineQueue _queue;

    public LineQueueTests() => _queue = new LineQueue("out", _target, TimeProvider.System) { Told = text => _told.Add(text) };

    public void Dispose()
    {
        _target.Open.Set();
        _queue.Dispose();
    }

    [Fact(DisplayName = "What a target refuses is lost and counted, and said before the first line that it takes again")]
    public void Refusing()
    {
        _queue.Write("one");
        Assert.True(_queue.Flush(Patience));
        _target.Refusal = "No space left on device";
        _queue.Write("two");
        _queue.Write("three");
        Assert.True(_queue.Flush(Patience));
        _target.Refusal = null;
        _queue.Write("four");
        Assert.True(_queue.Flush(Patience));

        Assert.Equal(3, _target.Lines.Count);
        Assert.Equal(("one", "four"), (_target.Lines[0], _target.Lines[2]));
        Assert.EndsWith(" -: 2 lines were lost here: No space left on device", _target.Lines[1], StringComparison.Ordinal);
        Assert.Equal(["out cannot be written: No space left on device; lines are lost until it can", "out takes lines again; it lacks 2"], _told);
    }

    [Fact(DisplayName = "A stuck target holds nobody up: lines wait up to the limit, urgent ones a little longer, the rest is counted and said when it moves")]
    public void Stuck()
    {
        var line = new string('x', 1024);
        _target.Open.Reset();
        _queue.Write("first");
        Assert.True(_target.Entered.Wait(Patience));
        for (var i = 0; i < LineQueue.CharsMax / line.Length + 10; i++)
            _queue.Write(line);
        _queue.Write("why the host ends", urgent: true);

        Assert.False(_queue.Flush(TimeSpan.FromMilliseconds(50)));
        Assert.Equal(["out takes no lines; what comes from now on is lost"], _told);
        _target.Open.Set();
        Assert.True(_queue.Flush(Patience));

        Assert.Equal(LineQueue.CharsMax / line.Length, _target.Lines.Count(l => l == line));
        Assert.Contains("why the host ends", _target.Lines);
        Assert.Single(_target.Lines, l => l.EndsWith(" -: 10 lines were lost here: it took no lines for a while", StringComparison.Ordinal));
    }

    private sealed class Target : ILineTarget
    {
        public ManualResetEventSlim Open { get; } = new(true);

        public ManualResetEventSlim Entered { get; } = new();

        public string? Refusal { get; set; }

        public List<string> Lines { get; } = [];

        public void Write(ReadOnlySpan<byte> lines)
        {
            Entered.Set();
            Open.Wait();
            if (Refusal is { } refusal)
                throw new IOException(refusal);
            Lines.AddRange(Encoding.UTF8.GetString(lines).TrimEnd('\n').Split('\n'));
        }

        public void Dispose()
        {
        }
    }
}
