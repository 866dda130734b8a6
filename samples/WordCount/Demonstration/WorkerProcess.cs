using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace WordCount.Demonstration;

/// <summary>One worker as its own process; what it prints says how far it is.</summary>
public sealed class WorkerProcess : ChildProcess
{
    private readonly Channel<WorkerEvent> _events = Channel.CreateUnbounded<WorkerEvent>();
    private readonly TimeProvider _clock;
    private readonly StreamWriter _log;

    private WorkerProcess(string name, ProcessStartInfo start, DemonstrationOptions options, TimeProvider clock)
        : base(name, start, options.PidFile)
    {
        _clock = clock;
        _log = new StreamWriter(Path.Combine(options.Directory, $"{name}.log"), append: true) { AutoFlush = true };
        Reading = Task.WhenAll(ReadAsync(Process.StandardOutput), ReadAsync(Process.StandardError));
    }

    public ChannelReader<WorkerEvent> Events => _events.Reader;

    /// <summary>The <c>node-name</c> of the host that it uses.</summary>
    public string Host { get; private set; } = "";

    /// <summary>Pieces that the service acknowledged to this worker.</summary>
    public long Pieces { get; private set; }

    /// <summary>Where its first piece began and its last acknowledged one ended.</summary>
    public (long Start, long End) Offsets { get; private set; }

    /// <summary>Ends with the process, when all it printed has been read.</summary>
    public Task Reading { get; }

    public static WorkerProcess Start(string name, DemonstrationOptions options, ClusterPorts ports, IEnumerable<long> holdAt, TimeProvider clock)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["worker", "--name", name, "--file", options.File, "--piece", options.PieceName])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var port in ports.All)
            Add(start, "--contact", $"127.0.0.1:{port}");
        foreach (var point in holdAt)
            Add(start, "--hold-at", point.ToString(CultureInfo.InvariantCulture));
        return new WorkerProcess(name, start, options, clock);
    }

    /// <summary>The next event that begins with one of these words; others are passed over.</summary>
    /// <exception cref="InvalidOperationException">The worker ended, or the time is over.</exception>
    public async Task<WorkerEvent> NextAsync(CancellationToken cancel, params string[] words)
    {
        try
        {
            await foreach (var happened in Events.ReadAllAsync(cancel))
                if (words.Contains(happened.Word))
                    return happened;
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"{Name} has not said '{string.Join("' or '", words)}' in time ({Pieces} pieces)");
        }

        throw new InvalidOperationException($"{Name} ended before it said '{string.Join("' or '", words)}' ({Pieces} pieces)");
    }

    private static void Add(ProcessStartInfo start, string name, string value)
    {
        start.ArgumentList.Add(name);
        start.ArgumentList.Add(value);
    }

    private async Task ReadAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            var happened = new WorkerEvent(line.Split(' '), _clock.GetTimestamp());
            lock (_log)
            {
                _log.WriteLine(line);
                Note(happened);
            }

            _events.Writer.TryWrite(happened);
        }

        if (from == Process.StandardOutput)
            _events.Writer.TryComplete();
    }

    private void Note(WorkerEvent happened)
    {
        switch (happened.Word)
        {
            case "uses":
                Host = happened.Words[1];
                break;
            case "leads" when Pieces == 0:
                Offsets = (happened.Number(4), happened.Number(4));
                break;
            case "acked":
                Pieces++;
                Offsets = (Offsets.Start, happened.Number(2));
                break;
        }
    }
}

/// <summary>A line of a worker.</summary>
/// <param name="Timestamp">When it was read.</param>
public sealed record WorkerEvent(string[] Words, long Timestamp)
{
    public string Word => Words[0];

    public long Number(int index) => long.Parse(Words[index], CultureInfo.InvariantCulture);
}
