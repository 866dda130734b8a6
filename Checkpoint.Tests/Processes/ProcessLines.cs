using System.Diagnostics;

namespace Checkpoint.Tests.Processes;

/// <summary>What a process prints, line by line as it comes; standard output and standard error in one list.</summary>
public sealed class ProcessLines
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Found)> _waiting = [];
    private bool _closed;

    public ProcessLines(Process process)
    {
        var open = 2;
        process.OutputDataReceived += (_, line) => Receive(line.Data, ref open);
        process.ErrorDataReceived += (_, line) => Receive(line.Data, ref open);
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    /// <summary>The first line, printed already or not, that matches.</summary>
    /// <exception cref="InvalidOperationException">The process has closed its output without one.</exception>
    public Task<string> FirstAsync(Func<string, bool> matches)
    {
        lock (_gate)
        {
            if (_lines.FirstOrDefault(matches) is { } line)
                return Task.FromResult(line);
            if (_closed)
                return Task.FromException<string>(new InvalidOperationException("it ended without such a line"));

            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((matches, found));
            return found.Task;
        }
    }

    private void Receive(string? line, ref int open)
    {
        lock (_gate)
        {
            if (line is not null)
            {
                _lines.Add(line);
                foreach (var (_, found) in _waiting.Where(w => w.Matches(line)))
                    found.TrySetResult(line);
            }
            else if (--open == 0)
            {
                _closed = true;
                foreach (var (_, found) in _waiting)
                    found.TrySetException(new InvalidOperationException("it ended without such a line"));
            }
        }
    }
}
