using Akka.Actor.Setup;

namespace Checkpoint.Host.Logging;

/// <summary>
/// Where a host's lines go: standard output, and a file if one is named. A disk that is full, and an output that is closed or stuck, cost
/// lines, never the host; each of the two says what became of the other.
/// </summary>
public sealed class LineLog : IDisposable
{
    /// <summary>A named pipe without a reader, or a file system that is away, would hold the open for ever.</summary>
    private static readonly TimeSpan OpenPatience = TimeSpan.FromSeconds(2);

    private readonly LineQueue _output;
    private readonly LogFile? _file;
    private readonly LineQueue? _fileLines;

    /// <param name="output">Not disposed of.</param>
    /// <param name="path">The file, or null for none.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public LineLog(string nodeName, LineQueue output, string? path, long sizeMaxBytes, TimeProvider clock)
    {
        (NodeName, _output, Clock) = (nodeName, output, clock);
        if (path is null)
            return;

        _file = new LogFile(path, sizeMaxBytes);
        try
        {
            Task.Run(_file.Open).WaitAsync(OpenPatience, clock).GetAwaiter().GetResult();
        }
        catch (TimeoutException e)
        {
            throw new IOException($"it does not open within {OpenPatience.TotalSeconds:0.#} s", e);
        }

        _fileLines = new LineQueue($"the log file {path}", _file, clock)
        {
            Told = text => _output.Write(LineFormat.Own(clock.GetUtcNow(), text), urgent: true),
        };
        _output.Told = text => _fileLines.Write(LineFormat.Own(clock.GetUtcNow(), text), urgent: true);
    }

    public string NodeName { get; }

    public TimeProvider Clock { get; }

    /// <param name="urgent">See <see cref="LineQueue.Write"/>.</param>
    public void Write(string line, bool urgent = false)
    {
        _output.Write(line, urgent);
        _fileLines?.Write(line, urgent);
    }

    /// <summary>For whoever started the host: not in the file.</summary>
    public void Announce(string line) => _output.Write(line, urgent: true);

    /// <summary>See <see cref="LogFile.Reopen"/>.</summary>
    public void Reopen() => _file?.Reopen();

    /// <summary>Tries to get out what waits, for a bounded time.</summary>
    public void Dispose()
    {
        _output.Told = null;
        _fileLines?.Dispose();
        _fileLines?.Flush(StandardLines.Patience);
        _output.Flush(StandardLines.Patience);
    }
}

/// <summary>Hands a host's log to the logger that Akka makes by its class name.</summary>
public sealed class LineLogSetup(LineLog log) : Setup
{
    public LineLog Log { get; } = log;
}
