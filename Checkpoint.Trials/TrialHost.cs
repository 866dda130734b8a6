using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Checkpoint.Trials;

/// <summary>One <c>checkpointd</c> of the trial, which is killed and started again at the same address.</summary>
public sealed class TrialHost : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly TrialOptions _options;
    private readonly IReadOnlyList<int> _ports;
    private readonly int _index;
    private Process? _process;

    private TrialHost(TrialOptions options, IReadOnlyList<int> ports, int index) =>
        (_options, _ports, _index) = (options, ports, index);

    public string Name => $"node{_index + 1}";

    /// <value>host:port</value>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_ports[_index]}");

    public string Socket => Path.Combine(DataDirectory, "checkpoint.sock");

    private string DataDirectory => Path.Combine(_options.Directory, Name);

    private string LogFile => Path.Combine(_options.Directory, $"{Name}.log");

    public static IReadOnlyList<TrialHost> Of(TrialOptions options)
    {
        // Held open together, so that they differ; free again before the first host starts.
        var listeners = Enumerable.Range(0, TrialOptions.Hosts).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToList();
        listeners.ForEach(listener => listener.Dispose());
        return [.. Enumerable.Range(0, TrialOptions.Hosts).Select(index => new TrialHost(options, ports, index))];
    }

    public void Start()
    {
        Directory.CreateDirectory(DataDirectory);
        File.Delete(Path.Combine(DataDirectory, "ready")); // Of the process that was killed.
        string[] settings =
        [
            $"checkpoint.node-name={Name}",
            $"checkpoint.data-directory={DataDirectory}",
            $"checkpoint.journal.file={Path.Combine(_options.Directory, "journal.db")}",
            $"akka.remote.dot-netty.tcp.port={_ports[_index].ToString(CultureInfo.InvariantCulture)}",
            $"akka.cluster.seed-nodes=[{string.Join(',', _ports.Select(port => $"\"akka.tcp://checkpoint@127.0.0.1:{port}\""))}]",
        ];

        // The shell becomes the host: its id is the host's.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" </dev/null >>\"$0\" 2>&1", LogFile, .. _options.HostCommand, "--config", _options.ConfigFile]);
        foreach (var setting in settings)
        {
            start.ArgumentList.Add("--set");
            start.ArgumentList.Add(setting);
        }

        _process = Process.Start(start)!;
        _options.OnStarted(_process);
    }

    /// <exception cref="TrialException">It has ended, or the time is over.</exception>
    public async Task ReadyAsync(CancellationToken cancel)
    {
        var since = Stopwatch.StartNew();
        while (!File.Exists(Path.Combine(DataDirectory, "ready")))
        {
            if (_process!.HasExited || since.Elapsed > _options.StartPatience)
                throw new TrialException($"{Name} has not become ready within {since.Elapsed.TotalSeconds:0.0} s; the end of {LogFile}:\n{Tail()}");
            await Task.Delay(Look, TimeProvider.System, cancel);
        }
    }

    /// <summary>SIGKILL. The process is gone when this ends.</summary>
    public void Kill()
    {
        if (_process is not { HasExited: false } process)
            return;
        process.Kill();
        process.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }

    private string Tail() => File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(15)) : "(nothing)";
}
