using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Event;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Node;
using Checkpoint.Actors.Replication;
using Checkpoint.Host.Configuration;
using Checkpoint.Host.Gateway;
using Checkpoint.Host.Journal;
using Checkpoint.Host.Logging;
using Checkpoint.Host.Network;

namespace Checkpoint.Host.Lifecycle;

/// <summary>
/// The life of one host.
/// <code>
///   Starting --joined, journal warm, serving--> Ready --SIGTERM, SIGINT, SIGQUIT--> Leaving --> exit 0
///       |                                         `-- left out, a vital actor stopped --> exit 3, 5
///       `-- not within startup-timeout --> exit 4
/// </code>
/// </summary>
/// <param name="load">Reads the configuration anew, for SIGHUP.</param>
public sealed class HostProcess(
    HostConfiguration configuration, Func<HostConfiguration> load, TimeProvider clock, HostSignals signals, LineQueue output)
{
    private static readonly TimeSpan ReadyRetry = TimeSpan.FromSeconds(1);

    private static readonly string[] JournalPlugins = ["akka.persistence.journal.sql", "akka.persistence.journal.views"];

    /// <summary>The exit code of Akka's own reason, whose type is internal.</summary>
    private const int AkkaTlsFailed = 79;

    private readonly HostOptions _options = configuration.Options;

    /// <returns>The process's exit code.</returns>
    /// <exception cref="StartFailedException">It did not become ready.</exception>
    public async Task<int> RunAsync()
    {
        using var directory = await DataDirectory.TakeAsync(_options.DataDirectory, clock);
        using var lines = OpenLog();
        await PrepareJournalAsync();

        using var guard = new ShutdownGuard(clock, _options.ShutdownTimeout, ProcessEnd.Abort);
        var system = StartSystem(lines);
        foreach (var limit in configuration.Node.Limits.Where(limit => limit.Effective < limit.Configured))
            system.Log.Warning("{0} is lowered from its default {1} to {2}: {3}", limit.Key, limit.Configured, limit.Effective, limit.Bound);
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "withdraw-ready", () =>
        {
            var reason = shutdown.ShutdownReason?.ToString() ?? "?";
            guard.Arm(reason);
            system.Log.Info("leaving: {0}", reason);
            WithdrawReady(directory, system);
            return Task.FromResult(Akka.Done.Instance);
        });
        signals.Attach(
            signal => _ = shutdown.Run(new HostEnds($"{signal} received", ExitCode.Left)), // A second one does not hurry it, the guard does.
            new HostReload(system, load, lines, FaultControlOf(configuration.Node.Faults, directory, system)).Run);
        using var ended = new CancellationTokenSource();

        var wasReady = false;
        try
        {
            await StartAsync(system, directory, lines);
            wasReady = true;
            _ = PurgeAsync(system, ended.Token);
        }
        catch (StartFailedException e)
        {
            if (shutdown.ShutdownReason is null)
                system.Log.Error(e, "not ready: {0}", e.Message);
            await shutdown.Run(new HostEnds(e.Message, ExitCode.StartFailed)); // Joins a shutdown that runs already, and its reason.
        }

        await system.WhenTerminated;
        await ended.CancelAsync();
        return CodeOf(shutdown.ShutdownReason, wasReady);
    }

    /// <summary>Akka ends the system by itself when a TLS handshake that it began as the client fails; the code of that is not one of ours.</summary>
    private static int CodeOf(CoordinatedShutdown.Reason? reason, bool wasReady) => reason switch
    {
        { ExitCode: AkkaTlsFailed } => wasReady ? ExitCode.Failed : ExitCode.StartFailed,
        { } known => known.ExitCode,
        null => ExitCode.Failed,
    };

    /// <summary>
    /// The journal is warm and the service's actors are there before the host joins: from then on others count on its heartbeats,
    /// and a member that answers nothing for the detection time is left out.
    /// </summary>
    private async Task StartAsync(ActorSystem system, DataDirectory directory, LineLog lines)
    {
        using var late = new CancellationTokenSource(_options.StartupTimeout, clock);
        _ = CancelAtEndAsync(system, late);
        var self = Cluster.Get(system).SelfUniqueAddress;
        var address = $"{self.Address.Host}:{self.Address.Port}";

        foreach (var plugin in JournalPlugins)
            await Within(late, "used the journal", JournalWarmUp.RunAsync(system, plugin, address));

        var node = await CheckpointNode.StartAsync(system, configuration.Node, ClockOf(configuration.Node.Faults));
        _ = EndWithAsync(node);
        var up = MemberUp.Of(system);
        Cluster.Get(system).JoinSeedNodes(configuration.Seeds);
        await Within(late, "joined the cluster (is one of akka.cluster.seed-nodes reachable?)", up);
        await Within(late, "come into a view that serves", node.Serving);
        var status = node.Services.Agent.Ask<ReplicaAgentProtocol.AgentStatus>(new ReplicaAgentProtocol.GetAgentStatus(0), late.Token);
        await Within(late, "got its agent's status", status);
        await Within(late, "reached a checkpoint's entity through sharding", RegionWarmUp.RunAsync(node.Services, late.Token));
        OpenGateway(node);
        await FilledAsync(node, late);

        var line = $"ready node={_options.NodeName} address={address} uid={self.Uid} pid={Environment.ProcessId} socket={_options.SocketPath} view={(await status).ViewNumber}";
        if (!TryAnnounce(directory, line, system, isFirst: true))
            _ = AnnounceLaterAsync(directory, line, system);
        lines.Announce(line);
    }

    /// <summary>The file is how others hear of a ready host: one that serves does not end for it, and does not leave it out either.</summary>
    private async Task AnnounceLaterAsync(DataDirectory directory, string line, ActorSystem system)
    {
        do
        {
            await Task.WhenAny(Task.Delay(ReadyRetry, clock), system.WhenTerminated);
        }
        while (!system.WhenTerminated.IsCompleted && !TryAnnounce(directory, line, system, isFirst: false));
    }

    private static bool TryAnnounce(DataDirectory directory, string line, ActorSystem system, bool isFirst)
    {
        try
        {
            directory.AnnounceReady(line);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (isFirst)
                system.Log.Warning("ready, but the file that says so cannot be written; it is tried again every second: {0}", e.Message);
            return false;
        }
    }

    private static void WithdrawReady(DataDirectory directory, ActorSystem system)
    {
        try
        {
            directory.WithdrawReady();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            system.Log.Warning("leaving, but the file ready cannot be removed: {0}", e.Message);
        }
    }

    /// <summary>
    /// "Ready" is the word for whoever restarts one host after the other: the next one may go. It serves already; a filling that takes longer than the
    /// start may is said, and goes on.
    /// </summary>
    private static async Task FilledAsync(CheckpointNode node, CancellationTokenSource late)
    {
        if (!node.Filled.IsCompleted)
            node.System.Log.Info("serving; ready when this host holds every checkpoint of its view");
        try
        {
            await node.Filled.WaitAsync(late.Token);
        }
        catch (OperationCanceledException) when (!node.System.WhenTerminated.IsCompleted)
        {
            node.System.Log.Warning("ready although this host does not hold every checkpoint yet: it is still being filled");
        }
        catch (OperationCanceledException e)
        {
            throw new StartFailedException("it ended before it held every checkpoint", e);
        }
    }

    /// <summary>
    /// The local socket opens when the host can serve. In a leave it closes after the sessions have said farewell (the drain is in an
    /// earlier phase); after anything else, with the system.
    /// </summary>
    private void OpenGateway(CheckpointNode node)
    {
        GatewayServer gateway;
        try
        {
            gateway = GatewayServer.Start(
                _options.Gateway, configuration.Node.Sessions, node.Services.Sessions, node.Services.Machine, clock, node.System.Log);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
        {
            throw new StartFailedException($"checkpoint.gateway.socket {_options.SocketPath} cannot be opened: {e.Message}", e);
        }

        CoordinatedShutdown.Get(node.System).AddTask(CoordinatedShutdown.PhaseServiceUnbind, "close-gateway", () =>
        {
            gateway.Dispose();
            return Task.FromResult(Akka.Done.Instance);
        });
    }

    /// <summary>A host that a view left out, or that has lost a part, ends with the code that says so.</summary>
    private static async Task EndWithAsync(CheckpointNode node)
    {
        var exit = await node.Exit;
        node.System.Log.Warning("this host ends: {0}", exit.Reason);
        await CoordinatedShutdown.Get(node.System).Run(new HostEnds(exit.Reason, exit is NodeExit.LeftOut ? ExitCode.LeftOut : ExitCode.Failed));
    }

    private TimeProvider ClockOf(FaultSwitch faults) => ReferenceEquals(faults, FaultSwitch.Off) ? clock : new FaultyClock(clock, faults);

    /// <summary>In real time, whatever faults say of the clock: rows have it, too.</summary>
    private async Task PurgeAsync(ActorSystem system, CancellationToken ended)
    {
        var log = Akka.Event.Logging.GetLogger(system, typeof(JournalPurge));
        try
        {
            await new JournalPurge(_options.Journal, clock, new Random(Cluster.Get(system).SelfUniqueAddress.Uid), log).RunAsync(ended);
        }
        catch (Exception e) // Not the journal's: a fault of ours, which nobody waits for. Rows stay, and the service goes on.
        {
            log.Error(e, "rows of absent names are no longer purged by this host: {0}", e.Message);
        }
    }

    /// <summary>Nothing that is waited for comes after the system's end.</summary>
    private static async Task CancelAtEndAsync(ActorSystem system, CancellationTokenSource waiting)
    {
        await system.WhenTerminated;
        try
        {
            await waiting.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The start was over long before.
        }
    }

    private async Task Within(CancellationTokenSource late, string what, Task step)
    {
        try
        {
            await step.WaitAsync(late.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new StartFailedException($"it has not {what} within checkpoint.startup-timeout = {_options.StartupTimeout.TotalSeconds:0.#} s", e);
        }
        catch (Exception e) when (e is not StartFailedException)
        {
            throw new StartFailedException($"it has not {what}: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private ActorSystem StartSystem(LineLog lines)
    {
        try
        {
            var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(configuration.Akka), new LineLogSetup(lines),
                new InboundLimitSetup(configuration.Node.Sessions.SessionsMax + InboundLimitSetup.HostsMax));
            return ActorSystem.Create(HostConfiguration.SystemName, setup);
        }
        catch (Exception e) when (Innermost(e) is Akka.Configuration.ConfigurationException or FormatException or TypeLoadException)
        {
            throw new ConfigurationFaultsException([$"akka: {Innermost(e).Message.ReplaceLineEndings(" ")}"]); // Starting again changes nothing.
        }
        catch (Exception e) // Whatever it is, the process ends with it; the port in use comes as several types.
        {
            throw new StartFailedException($"cannot start remoting: {Innermost(e).Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private LineLog OpenLog()
    {
        var file = _options.Log.File.Length == 0 ? null : _options.Log.File;
        try
        {
            if (file is not null)
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            return new LineLog(_options.NodeName, output, file, _options.Log.FileSizeMaxBytes, clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartFailedException($"checkpoint.log.file {file} cannot be written: {e.Message}", e);
        }
    }

    private async Task PrepareJournalAsync()
    {
        if (!_options.Journal.IsSqlite)
        {
            if (await PostgreSqlDoor.RefusalAsync(_options.Journal.ConnectionString, clock) is { } refusal)
                throw new ConfigurationFaultsException([$"checkpoint.journal.connection-string is refused by the server: {refusal}"]);
            return;
        }

        try
        {
            SqliteFile.Prepare(_options.Journal.File, _options.Journal.ConnectionString);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException)
        {
            throw new StartFailedException($"checkpoint.journal.file {_options.Journal.File} cannot be used: {e.Message}", e);
        }
    }

    private static FaultControl? FaultControlOf(FaultSwitch faults, DataDirectory directory, ActorSystem system) =>
        ReferenceEquals(faults, FaultSwitch.Off)
            ? null
            : new FaultControl(faults, directory.FaultsFile, Akka.Event.Logging.GetLogger(system, typeof(FaultControl)));

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
