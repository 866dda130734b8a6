using Akka.Actor;
using Akka.Configuration;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Node;
using Checkpoint.Actors.Replication;
using Checkpoint.Host.Configuration;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cluster;

/// <summary>
/// Several hosts in one process: each an ActorSystem with the configuration of real hosts, joined over loopback on ports that the
/// kernel chooses, with one SQLite journal. Faults by name: Cut and Heal (the transport's failure injector), Stop, Kill.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    /// <summary>For what should take a second or two: the machine that runs this may be busy with much else.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Several hosts share one process, its garbage collector and two cores: a pause of all is not to look like a loss of one.</summary>
    private static readonly MachineOptions Patient = new()
    {
        TickInterval = 5 * AisTime.NanosecondsPerMillisecond,
        Heartbeat = 200 * AisTime.NanosecondsPerMillisecond,
        Detection = 4_000 * AisTime.NanosecondsPerMillisecond,
        SuspectPatience = 1_000 * AisTime.NanosecondsPerMillisecond,
        Lease = 3_000 * AisTime.NanosecondsPerMillisecond,
        BytesMax = 2L * 1024 * 1024 * 1024,
        IncarnationsMax = 100_000,
        JournalPatience = 15 * AisTime.NanosecondsPerSecond,
    };

    /// <summary>For specs in which no host is lost: then nothing depends on how soon one is missed, and a machine at its limits breaks none of them.</summary>
    public static readonly MachineOptions Unshakable = Patient with
    {
        Detection = 20 * AisTime.NanosecondsPerSecond,
        Lease = 20 * AisTime.NanosecondsPerSecond,
    };

    private readonly TestJournal _journal = new();
    private readonly List<TestHost> _hosts = [];
    private readonly HashSet<(TestHost, TestHost)> _cuts = [];
    private readonly string _settings;
    private readonly MachineOptions _machine;

    /// <param name="settings">HOCON laid over the hosts' configuration.</param>
    /// <param name="machine">Times of the replication; those for specs that lose hosts when null.</param>
    public TestCluster(string settings = "", MachineOptions? machine = null) => (_settings, _machine) = (settings, machine ?? Patient);

    /// <summary>Whether the hosts can be told to misbehave: <see cref="TestHost.Faults"/>.</summary>
    public bool HasFaults { get; init; }

    public IReadOnlyList<TestHost> Hosts => _hosts;

    public TestJournal Journal => _journal;

    /// <summary>Starts so many hosts and waits until one view of all of them serves everywhere.</summary>
    public static async Task<TestCluster> StartAsync(int count, string settings = "", MachineOptions? machine = null, bool hasFaults = false)
    {
        var cluster = new TestCluster(settings, machine) { HasFaults = hasFaults };
        try
        {
            for (var index = 0; index < count; index++)
                await cluster.AddAsync();
            await cluster.ServingAsync([.. cluster.Hosts]);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync(); // Nobody else knows it yet: its systems would run on beside the next test, its journal would stay.
            throw;
        }
    }

    /// <summary>Starts one more host, which joins; it need not serve yet.</summary>
    public async Task<TestHost> AddAsync()
    {
        var name = ((char)('A' + _hosts.Count)).ToString();
        var system = ActorSystem.Create("checkpoint", Config(name));
        var cluster = Akka.Cluster.Cluster.Get(system);
        cluster.Join(_hosts.Find(host => host.IsRunning)?.Address ?? cluster.SelfAddress);
        var events = TestEvents.Of(system);
        var options = NodeOptions.From(name, _machine, system.Settings.Config) with
        {
            Faults = HasFaults ? new FaultSwitch(FaultSettings.None) : FaultSwitch.Off,
        };
        var node = await CheckpointNode.StartAsync(system, options, TimeProvider.System);
        var host = new TestHost(name, node, events, options.Faults);
        _hosts.Add(host);
        return host;
    }

    /// <summary>Waits until a view of exactly these hosts serves on each of them.</summary>
    public async Task<long> ServingAsync(params TestHost[] hosts)
    {
        var ids = hosts.Select(host => host.Id).Order().ToList();
        var views = await Task.WhenAll(hosts.Select(host => host.Events.OfAsync<ReplicaAgentProtocol.ViewServing>(
            $"{host.Name} serves a view of {string.Join(", ", hosts.Select(other => other.Name))}",
            serving => serving.Hosts.Order().SequenceEqual(ids))));
        return views.Max(view => view.ViewNumber);
    }

    /// <summary>From now on nothing travels between the host and any other.</summary>
    public Task CutOffAsync(TestHost host) => CutAsync([host], [.. _hosts.Where(other => other != host && other.IsRunning)]);

    /// <summary>From now on nothing travels between the two sides, in either direction.</summary>
    public async Task CutAsync(IReadOnlyList<TestHost> left, IReadOnlyList<TestHost> right)
    {
        // At once: a host that is cut from one of two others for a while may rightly form a view with the other.
        (TestHost A, TestHost B)[] pairs = [.. left.SelectMany(a => right.Select(b => (a, b)))];
        _cuts.UnionWith(pairs);
        await Task.WhenAll(pairs.SelectMany(pair => new[] { pair.A.ThrottleAsync(pair.B, cut: true), pair.B.ThrottleAsync(pair.A, cut: true) }));
    }

    public async Task HealAsync()
    {
        foreach (var (a, b) in _cuts.Where(cut => cut.Item1.IsRunning && cut.Item2.IsRunning))
        {
            await a.ThrottleAsync(b, cut: false);
            await b.ThrottleAsync(a, cut: false);
        }

        _cuts.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        // Together: a system that waits for another's goodbye would wait for ever otherwise.
        await Task.WhenAll(_hosts.Where(host => host.IsRunning).Select(host => host.KillAsync()));
        _journal.Dispose();
    }

    private Config Config(string name) => ConfigurationFactory.ParseString(_settings).WithFallback(ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = {{Environment.GetEnvironmentVariable("TEST_LOGLEVEL") ?? "ERROR"}}
          stdout-loglevel = OFF
          loggers = ["Checkpoint.Tests.Cluster.TestLogger, Checkpoint.Tests"]
          coordinated-shutdown {
            # A killed host must not say goodbye.
            run-by-actor-system-terminate = off
            run-by-clr-shutdown-hook = off
            exit-clr = off
          }
          remote.dot-netty.tcp {
            hostname = "127.0.0.1"
            port = 0
            applied-adapters = ["trttl"]
          }
        }
        checkpoint.node-name = "{{name}}"
        # Clients share the process as well. One that is killed is missed after this time.
        checkpoint.sessions.silence-max = 8s
        checkpoint.data-directory = "unused"
        """))
        .WithFallback(_journal.Config)
        .WithFallback(CheckpointReference.Cluster())
        .WithFallback(CheckpointReference.Actors())
        .WithFallback(CheckpointReference.Defaults())
        .WithFallback(HostConfiguration.ExtensionDefaults());
}
