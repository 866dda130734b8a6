using System.Diagnostics;
using System.Globalization;

namespace WordCount.Demonstration;

/// <summary>One worker as its own process; what it prints says how far it is.</summary>
public sealed class WorkerProcess : ChildProcess
{
    private readonly TimeProvider _clock;
    private readonly WorkerEvents _events;
    private readonly StreamWriter _log;

    private WorkerProcess(string name, string host, ProcessStartInfo start, DemonstrationOptions options, WorkerEvents events, TimeProvider clock)
        : base(name, start, options.PidFile)
    {
        (_clock, _events, Host) = (clock, events, host);
        _log = new StreamWriter(Path.Combine(options.Directory, $"{name}.log"), append: true) { AutoFlush = true };
        Reading = Task.WhenAll(ReadAsync(Process.StandardOutput), ReadAsync(Process.StandardError));
    }

    /// <summary>The <c>node-name</c> of the host that it uses.</summary>
    public string Host { get; private set; }

    /// <summary>Pieces that the service acknowledged to this worker.</summary>
    public long Pieces { get; private set; }

    /// <summary>Where its first piece began and its last acknowledged one ended.</summary>
    public (long Start, long End) Offsets { get; private set; }

    /// <summary>Ends with the process, when all it printed has been read.</summary>
    public Task Reading { get; }

    /// <param name="local">The host of the node that the worker runs on. A native worker knows no other.</param>
    public static WorkerProcess Start(
        string name, DemonstrationOptions options, ClusterPorts ports, HostNode local, IEnumerable<long> holdAt, WorkerEvents events, TimeProvider clock)
    {
        var start = options.NativeWorker is { } program ? Native(program, local) : Managed(ports);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        Add(start, "--name", name);
        Add(start, "--file", options.File);
        Add(start, "--piece", options.PieceName);
        foreach (var point in holdAt)
            Add(start, "--hold-at", point.ToString(CultureInfo.InvariantCulture));
        return new WorkerProcess(name, options.NativeWorker is null ? "" : local.Name, start, options, events, clock);
    }

    /// <summary>It finds a host by itself, and says which.</summary>
    private static ProcessStartInfo Managed(ClusterPorts ports)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["worker"]);
        foreach (var port in ports.All)
            Add(start, "--contact", $"127.0.0.1:{port}");
        return start;
    }

    private static ProcessStartInfo Native(string program, HostNode local)
    {
        var start = new ProcessStartInfo(program);
        start.Environment["CHECKPOINT_SOCKET"] = local.Socket;
        return start;
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
            var happened = new WorkerEvent(this, line.Split(' '), _clock.GetTimestamp());
            lock (_log)
            {
                _log.WriteLine(line);
                Note(happened);
            }

            _events.Add(happened);
        }

        if (from == Process.StandardOutput)
            _events.Add(new WorkerEvent(this, [WorkerEvent.Ended], _clock.GetTimestamp()));
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
