using Akka.Actor;
using Akka.Configuration;
using Checkpoint.Client;
using Checkpoint.Protocol;
using Checkpoint.Tests.Processes;

namespace Checkpoint.Tests.Cluster;

/// <summary>
/// An application beside a cluster: a <see cref="CheckpointClient"/> in an actor system of its own, reached over the network like any other.
/// </summary>
public sealed class Application : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private bool _isKilled;

    private Application(ActorSystem system, CheckpointClient client) => (_system, Client) = (system, client);

    public CheckpointClient Client { get; }

    /// <summary>Joins hosts of this process, through the first one that answers; a single one is the host that it then has.</summary>
    public static Task<Application> AtAsync(params TestHost[] hosts)
    {
        string[] contacts = [.. hosts.Select(host => $"{host.Address.Host}:{host.Address.Port}")];
        return hosts is [var only] ? AtNodeAsync(only.Name, contacts, hasFaults: true) : ConnectAsync(contacts, hasFaults: true);
    }

    /// <summary>Joins that host of this process, and gives each call that much time.</summary>
    public static Task<Application> AtAsync(TestHost host, TimeSpan callTimeout) =>
        AtNodeAsync(host.Name, [$"{host.Address.Host}:{host.Address.Port}"], hasFaults: true, callTimeout);

    /// <summary>Joins a real host, and has that one.</summary>
    public static Task<Application> AtAsync(HostUnderTest host, TimeSpan? callTimeout = null) =>
        AtNodeAsync(host.Name, [host.Address], hasFaults: false, callTimeout);

    /// <summary>Joins real hosts.</summary>
    /// <param name="contacts"><c>host:port</c> each.</param>
    public static Task<Application> AtAsync(params string[] contacts) => ConnectAsync(contacts, hasFaults: false);

    /// <summary>Ends as a program does that is killed: nothing is said, its connections close.</summary>
    public async Task KillAsync()
    {
        _isKilled = true;
        ((ExtendedActorSystem)_system).Abort();
        await _system.WhenTerminated.WaitAsync(TestCluster.Patience);
    }

    /// <summary>Opens, creating it when it is new. Tried again while the service says that it did nothing.</summary>
    public Task<CheckpointHandle> OpenAsync(CheckpointName name, CreationAttributes attributes) =>
        PatientlyAsync(() => Client.OpenAsync(name, attributes: attributes));

    /// <summary>Opens what exists.</summary>
    public Task<CheckpointHandle> OpenAsync(CheckpointName name) => PatientlyAsync(() => Client.OpenAsync(name));

    public static Task PatientlyAsync(Func<ValueTask> call) => PatientlyAsync(async () =>
    {
        await call();
        return true;
    });

    /// <summary>Repeats a call as long as the answer says that it was certainly not done.</summary>
    public static async Task<T> PatientlyAsync<T>(Func<ValueTask<T>> call)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (CheckpointException refused) when (refused.Status == AisStatus.TryAgain
                && TimeProvider.System.GetElapsedTime(began) < TestCluster.Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }

    /// <summary>The status that the call ended in.</summary>
    public static async Task<AisStatus> StatusOfAsync(Func<ValueTask> call)
    {
        try
        {
            await call();
            return AisStatus.Ok;
        }
        catch (CheckpointException fault)
        {
            return fault.Status;
        }
    }

    /// <summary>The status that the call ended in, repeated as long as it was certainly not done.</summary>
    public static Task<AisStatus> PatientStatusOfAsync(Func<ValueTask> call) => StatusOfAsync(() => new ValueTask(PatientlyAsync(call)));

    public async ValueTask DisposeAsync()
    {
        if (_isKilled)
            return;
        await Client.DisposeAsync();
        await _system.Terminate().WaitAsync(TestCluster.Patience);
    }

    /// <summary>A host that is asked before its door is known to its receptionist, or that is slow, sends an application to another one.</summary>
    private static async Task<Application> AtNodeAsync(string name, string[] contacts, bool hasFaults, TimeSpan? callTimeout = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var application = await ConnectAsync(contacts, hasFaults, callTimeout);
            if (application.Client.HostName == name)
                return application;
            await application.DisposeAsync();
            if (TimeProvider.System.GetElapsedTime(began) > TestCluster.Patience)
                throw new TimeoutException($"{name} sends its applications elsewhere");
        }
    }

    private static async Task<Application> ConnectAsync(IReadOnlyList<string> contacts, bool hasFaults, TimeSpan? callTimeout = null)
    {
        var system = ActorSystem.Create("application", ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              actor {
                provider = remote
                serialization-settings.allow-unregistered-types = false
              }
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              coordinated-shutdown.run-by-actor-system-terminate = off
              remote {
                retry-gate-closed-for = 500ms
                dot-netty.tcp {
                  hostname = "127.0.0.1"
                  port = 0
                  maximum-frame-size = 262144b
                  # A host whose transport has the failure injector calls itself akka.trttl.tcp; it answers to nothing else.
                  applied-adapters = [{{(hasFaults ? "\"trttl\"" : "")}}]
                }
              }
            }
            """));
        var options = new CheckpointClientOptions
        {
            ContactPoints = contacts,
            ActorSystem = system,
            ConnectTimeout = TestCluster.Patience,
            CallTimeout = callTimeout ?? TimeSpan.FromSeconds(30),
            SilenceMax = TimeSpan.FromSeconds(8),
        };
        return new Application(system, await CheckpointClient.ConnectAsync(options));
    }
}
