using System.Text;

namespace Checkpoint.Host.Logging;

/// <summary>
/// The bounded way of lines to one target: whoever has a line leaves it here and goes on, one thread of the queue's own writes.
/// <code>
///   Write --room--> waiting --thread--> target
///     `--none: lost          `--failed: lost
/// </code>
/// A target that is full, closed or stuck costs lines, never a caller's time; the first line that it takes again comes after one that says how many it lacks.
/// </summary>
public sealed class LineQueue : IDisposable
{
    /// <summary>Two bytes each; some thousands of lines.</summary>
    public const int CharsMax = 512 * 1024;

    /// <summary>Room that only urgent lines get, so that a flood of others does not cost the line that says why the host ends.</summary>
    public const int UrgentCharsMax = CharsMax + 64 * 1024;

    private const int StackBytes = 256 * 1024;

    private readonly object _gate = new();
    private readonly Queue<string> _waiting = new();
    private readonly string _name;
    private readonly ILineTarget _target;
    private readonly TimeProvider _clock;
    private int _chars;
    private long _lost;
    private string _whyLost = "";
    private bool _isWriting;
    private bool _works;
    private bool _isFailing;
    private bool _isOver;

    /// <param name="name">What it is called in lines about it.</param>
    /// <param name="target">Disposed of by the queue's thread, after its last line.</param>
    public LineQueue(string name, ILineTarget target, TimeProvider clock)
    {
        (_name, _target, _clock) = (name, target, clock);
        new Thread(Run, StackBytes) { IsBackground = true, Name = name }.Start(); // In the background: the process never waits for it.
    }

    /// <summary>Is told when lines begin to be lost, and when they no longer are. Must not block.</summary>
    public Action<string>? Told { get; set; }

    /// <summary>Never blocks and never fails.</summary>
    /// <param name="urgent">It is one of the last lines to be given up.</param>
    public void Write(string line, bool urgent = false)
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            if (_chars + line.Length <= (urgent ? UrgentCharsMax : CharsMax))
            {
                _waiting.Enqueue(line);
                _chars += line.Length;
                Monitor.PulseAll(_gate);
                return;
            }

            _lost++;
            _whyLost = "it took no lines for a while";
            if (_isFailing)
                return;
            _isFailing = true;
        }

        Told?.Invoke($"{_name} takes no lines; what comes from now on is lost");
    }

    /// <summary>Waits until every line so far is written or lost, but not longer than the limit.</summary>
    /// <returns>False when the limit came first.</returns>
    public bool Flush(TimeSpan limit)
    {
        var began = _clock.GetTimestamp();
        lock (_gate)
        {
            while (_waiting.Count > 0 || _isWriting)
            {
                var left = limit - _clock.GetElapsedTime(began);
                if (left <= TimeSpan.Zero)
                    return false;
                Monitor.Wait(_gate, left);
            }

            return true;
        }
    }

    /// <summary>Takes no more lines; those that wait are written still.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Run()
    {
        while (Take() is { } next)
        {
            try
            {
                _target.Write(Encoding.UTF8.GetBytes(next.Text));
                OnWritten(next.Lost);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                OnFailed(next.HasLine, e.Message.ReplaceLineEndings(" "));
            }
        }

        _target.Dispose();
    }

    /// <returns>Null when there is nothing more to come.</returns>
    private (string Text, long Lost, bool HasLine)? Take()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_isOver && !(_works && _lost > 0))
                Monitor.Wait(_gate);
            var hasLine = _waiting.TryDequeue(out var line);
            if (!hasLine && !(_works && _lost > 0))
                return null;
            _isWriting = true;
            _chars -= line?.Length ?? 0;
            var notice = _lost == 0 ? "" : LineFormat.Own(_clock.GetUtcNow(), $"{_lost} lines were lost here: {_whyLost}") + "\n";
            return (hasLine ? $"{notice}{line}\n" : notice, _lost, hasLine);
        }
    }

    private void OnWritten(long lost)
    {
        bool wasFailing;
        lock (_gate)
        {
            _works = true;
            _lost -= lost;
            // Lines were lost again while this one was on its way: the next one says so.
            wasFailing = _isFailing && _lost == 0;
            _isFailing &= !wasFailing;
        }

        if (wasFailing)
            Told?.Invoke($"{_name} takes lines again; it lacks {lost}");
        Written();
    }

    private void OnFailed(bool hadLine, string why)
    {
        bool wasFailing;
        lock (_gate)
        {
            _works = false;
            _lost += hadLine ? 1 : 0;
            (_whyLost, wasFailing, _isFailing) = (why, _isFailing, true);
        }

        if (!wasFailing)
            Told?.Invoke($"{_name} cannot be written: {why}; lines are lost until it can");
        Written();
    }

    private void Written()
    {
        lock (_gate)
        {
            _isWriting = false;
            Monitor.PulseAll(_gate);
        }
    }
}
