using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Processes;

/// <summary>
/// Real hosts on this machine: free loopback ports, one directory for all that they write. They are started from
/// <c>hocon/node1.conf</c> as it is committed, with what must differ overridden.
/// </summary>
public sealed class HostCluster : IAsyncDisposable
{
    private readonly int[] _ports;
    private readonly List<HostUnderTest> _started = [];
    private readonly Dictionary<string, string> _environment = [];
    private string _scheme = "akka.tcp";

    private HostCluster(int size)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("ckpt-").FullName;
        _ports = FreePorts(size);
    }

    /// <summary>Short, since it is the head of socket paths.</summary>
    public string Directory { get; }

    /// <summary>
    /// More settings for every host started from now on. The detection is slow: these specs ask what is true after a fault, not how
    /// soon, and on a machine with two busy cores a healthy process was seen to get no time for seconds. A killed host is noticed
    /// early all the same, by the kernel's word.
    /// </summary>
    public List<string> Settings { get; } = ["checkpoint.replication.detection=5s"];

    /// <summary>Variables of every host started from now on.</summary>
    public IDictionary<string, string> Variables => _environment;

    /// <summary>What starts every host from now on in its own place, as <c>prlimit --nofile=600</c>; empty: nothing does.</summary>
    public IReadOnlyList<string> Launcher { get; set; } = [];

    /// <summary>Every process that was started, ended ones included.</summary>
    public IReadOnlyList<HostUnderTest> Started => _started;

    public static HostCluster Of(int size) => new(size);

    /// <summary>
    /// Hosts started from now on speak mutual TLS and trust this authority only. Each needs its
    /// <c>akka.remote.dot-netty.tcp.ssl.certificate.path</c>.
    /// </summary>
    public void UseTls(string authorityFile)
    {
        _scheme = "akka.ssl.tcp";
        Trust(authorityFile);
        _environment["SSL_CERT_DIR"] = System.IO.Directory.CreateDirectory(Path.Combine(Directory, "no-authorities")).FullName;
        Settings.AddRange(
        [
            "akka.remote.dot-netty.tcp.enable-ssl=true",
            "akka.remote.dot-netty.tcp.ssl.suppress-validation=false",
            "akka.remote.dot-netty.tcp.ssl.require-mutual-authentication=true",
            "akka.remote.dot-netty.tcp.ssl.validate-certificate-hostname=true",
        ]);
    }

    /// <summary>The authorities that hosts started from now on trust.</summary>
    public void Trust(string authoritiesFile) => _environment["SSL_CERT_FILE"] = authoritiesFile;

    /// <summary>Starts all hosts at once and waits until each is ready.</summary>
    public async Task<IReadOnlyList<HostUnderTest>> StartAllAsync()
    {
        var hosts = Enumerable.Range(0, _ports.Length).Select(index => Start(index)).ToList();
        await Task.WhenAll(hosts.Select(host => host.ReadyAsync()));
        return hosts;
    }

    /// <summary>Starts host <paramref name="index"/> (again: at the same address, with the same directory).</summary>
    public HostUnderTest Start(int index, params string[] settings) => StartRedirected(index, "", settings);

    /// <param name="redirections">As a shell has them; see <see cref="HostUnderTest.Start"/>.</param>
    public HostUnderTest StartRedirected(int index, string redirections, params string[] settings) =>
        Start(index, Repository.PathOf("hocon/node1.conf"), redirections, settings);

    /// <summary>With a file of the spec's own, which includes the committed one.</summary>
    public HostUnderTest StartFrom(int index, string file) => Start(index, file, "");

    public string AddressOf(int index) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_ports[index]}");

    public string DataDirectory(int index) => Path.Combine(Directory, $"node{index + 1}");

    public string SocketPath(int index) => Path.Combine(DataDirectory(index), "checkpoint.sock");

    /// <summary>By the file <c>ready</c>, for hosts whose output is elsewhere.</summary>
    public async Task ReadyFileAsync(int index)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!File.Exists(Path.Combine(DataDirectory(index), "ready")))
        {
            Assert.False(_started[^1].HasEnded, $"node{index + 1} has ended before it was ready");
            Assert.True(TimeProvider.System.GetElapsedTime(began) < HostUnderTest.Patience, $"node{index + 1} is not ready within {HostUnderTest.Patience}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _started)
            await host.DisposeAsync();
        KeepLogs();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private HostUnderTest Start(int index, string file, string redirections, params string[] settings)
    {
        var name = $"node{index + 1}";
        var host = HostUnderTest.Start(
            name,
            $"127.0.0.1:{_ports[index]}",
            _environment,
            redirections,
            Launcher,
            ["--config", file, .. OwnSettings(index, name).Concat(Settings).Concat(settings).SelectMany(s => new[] { "--set", s })]);
        _started.Add(host);
        return host;
    }

    /// <summary>For who has to find out why a run failed: test.sh names a directory.</summary>
    private void KeepLogs()
    {
        if (Environment.GetEnvironmentVariable("CHECKPOINT_TEST_LOGS") is not { Length: > 0 } logs)
            return;

        var directory = System.IO.Directory.CreateDirectory(Path.Combine(logs, Path.GetFileName(Directory))).FullName;
        foreach (var host in _started)
            File.WriteAllLines(Path.Combine(directory, $"{host.Name}-{host.Pid}.log"), host.Log);
    }

    private IEnumerable<string> OwnSettings(int index, string name) =>
    [
        $"checkpoint.node-name={name}",
        $"checkpoint.data-directory={DataDirectory(index)}",
        $"checkpoint.journal.file={Path.Combine(Directory, "journal.db")}",
        $"akka.remote.dot-netty.tcp.port={_ports[index].ToString(CultureInfo.InvariantCulture)}",
        $"akka.cluster.seed-nodes=[{string.Join(',', _ports.Select(port => $"\"{_scheme}://checkpoint@127.0.0.1:{port}\""))}]",
    ];

    /// <summary>Held open together, so that they differ; free again when this returns.</summary>
    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Stop());
        return ports;
    }
}

/// <summary>Specs with real processes run one after the other: two clusters at a time would only show how busy the machine is.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessSpecs
{
    public const string Name = "real processes";
}
