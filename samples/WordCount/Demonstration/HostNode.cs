using System.Diagnostics;

namespace WordCount.Demonstration;

/// <summary>One <c>checkpointd</c>. It writes to a log file of its own, so that it can outlive the demonstration.</summary>
public sealed class HostNode : ChildProcess
{
    /// <summary>Exit codes of checkpointd after which it is to be started again.</summary>
    public const int LeftOut = 3;
    public const int StartFailed = 4;

    private readonly string _directory;

    private HostNode(string name, string directory, string logFile, ProcessStartInfo start, string pidFile)
        : base(name, start, pidFile) => (_directory, LogFile) = (directory, logFile);

    public string LogFile { get; }

    public string Socket => Path.Combine(_directory, "checkpoint.sock");

    public static HostNode Start(DemonstrationOptions options, ClusterPorts ports, int index)
    {
        var name = $"node{index + 1}";
        var directory = Path.Combine(options.Directory, name);
        var log = Path.Combine(options.Directory, $"{name}.log");
        Directory.CreateDirectory(directory);
        File.Delete(Path.Combine(directory, "ready")); // Of a run that was killed.
        string[] settings =
        [
            $"checkpoint.data-directory={directory}",
            $"checkpoint.journal.file={Path.Combine(options.Directory, "journal", "journal.db")}",
            $"akka.remote.dot-netty.tcp.port={ports[index]}",
            $"akka.cluster.seed-nodes=[{string.Join(',', ports.All.Select(port => $"\"akka.tcp://checkpoint@127.0.0.1:{port}\""))}]",
        ];

        // The shell becomes the host: its id is the host's.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" </dev/null >>\"$0\" 2>&1", log, options.HostProgram, "--config", $"{options.Hocon}/{name}.conf"]);
        foreach (var setting in settings)
        {
            start.ArgumentList.Add("--set");
            start.ArgumentList.Add(setting);
        }

        return new HostNode(name, directory, log, start, options.PidFile);
    }

    /// <returns>False when it has ended before it was ready, or since.</returns>
    /// <exception cref="InvalidOperationException">The time is over.</exception>
    public async Task<bool> IsReadyAsync(TimeProvider clock, CancellationToken cancel)
    {
        try
        {
            while (!HasExited && !File.Exists(Path.Combine(_directory, "ready")))
                await Task.Delay(TimeSpan.FromMilliseconds(20), clock, cancel);
            return !HasExited;
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"{Name} has not become ready; the end of {LogFile}:\n{Tail()}");
        }
    }

    public string Tail() => File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(15)) : "(nothing)";
}
