using Checkpoint.Host.Lifecycle;
using Checkpoint.Tests.Cli;
using Checkpoint.Tests.Cluster;
using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Processes;

/// <summary>What each signal does to a real host; the table is in docs/FAILURES.md.</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class SignalProcessSpecs(SignalledHost fixture) : IClassFixture<SignalledHost>
{
    [Theory(DisplayName = "A signal that says nothing to a host changes nothing: it serves, and is still ready")]
    [InlineData(Signal.Usr1)]
    [InlineData(Signal.Usr2)]
    [InlineData(Signal.Pipe)]
    [InlineData(Signal.Alrm)]
    [InlineData(Signal.StkFlt)]
    [InlineData(Signal.Chld)]
    [InlineData(Signal.Cont)]
    [InlineData(Signal.Tstp)]
    [InlineData(Signal.Ttin)]
    [InlineData(Signal.Ttou)]
    [InlineData(Signal.Urg)]
    [InlineData(Signal.Xcpu)]
    [InlineData(Signal.Xfsz)]
    [InlineData(Signal.VtAlrm)]
    [InlineData(Signal.Prof)]
    [InlineData(Signal.Winch)]
    [InlineData(Signal.Io)]
    [InlineData(Signal.Pwr)]
    [InlineData(Signal.RealTime1)]
    [InlineData(Signal.RealTimeMax)]
    [InlineData(Signal.Hup)]
    public async Task Ignored(Signal signal)
    {
        var host = await fixture.ReadyAsync();

        for (var time = 0; time < 3; time++)
            Signals.Send(host.Pid, signal);

        Assert.Empty(await fixture.Operator.NamesAsync());
        Assert.False(host.HasEnded);
        Assert.True(fixture.IsReady);
    }

    [Fact(DisplayName = "SIGHUP reads the configuration again: the log level changes, and a bad configuration changes nothing")]
    public async Task Reload()
    {
        await using var cluster = HostCluster.Of(1);
        var file = Path.Combine(cluster.Directory, "own.conf");
        var common = $"include \"{Repository.PathOf("hocon/node1.conf")}\"\n";
        await File.WriteAllTextAsync(file, common);
        var host = cluster.StartFrom(0, file);
        await host.ReadyAsync();
        Assert.DoesNotContain(host.Log, line => line.Contains("Z DEBUG ", StringComparison.Ordinal));

        await File.WriteAllTextAsync(file, common + "akka.loglevel = DEBUG\n");
        host.Hup();
        await host.LineAsync("line about the level", line => line.Contains("the log level is DEBUG", StringComparison.Ordinal));
        Assert.Equal(0, (await CliRun.OfAsync("put", "safCkpt=level", "s", "--text", "t", "--socket", cluster.SocketPath(0))).ExitCode);
        await host.LineAsync("line of that level", line => line.Contains("Z DEBUG ", StringComparison.Ordinal));

        await File.WriteAllTextAsync(file, common + "akka.loglevel = WARNING\n");
        host.Hup();
        await host.LineAsync("line about the level", line => line.Contains("the log level is WARNING", StringComparison.Ordinal));

        await File.WriteAllTextAsync(file, common + "akka.loglevel = LOUD\ncheckpoint.no-such-key = 1\n");
        host.Hup();
        var refusal = await host.LineAsync("refusal", line => line.Contains("SIGHUP changes nothing", StringComparison.Ordinal));
        Assert.Contains("checkpoint.no-such-key", refusal, StringComparison.Ordinal);

        host.Term();
        Assert.Equal(ExitCode.Left, await host.ExitCodeAsync());
        Assert.DoesNotContain(host.Log, line => line.EndsWith("leaving: SIGTERM received", StringComparison.Ordinal)); // It is no warning.
    }

    [Fact(DisplayName = "SIGHUP at every moment of a host's life ends nothing: it becomes ready and leaves with code 0")]
    public async Task Hangup_at_every_moment()
    {
        await using var cluster = HostCluster.Of(1);
        var host = cluster.Start(0);
        await Eventually.TrueAsync("its pid file", () => Task.FromResult(File.Exists(Path.Combine(cluster.DataDirectory(0), "checkpointd.pid"))));
        var hangups = HangUpAsync(host);
        await host.ReadyAsync();
        host.Term();

        Assert.True(await host.ExitCodeAsync() == ExitCode.Left, host.Tail());
        Assert.InRange(await hangups, 10, int.MaxValue);
        Assert.False(File.Exists(Path.Combine(cluster.DataDirectory(0), "ready")));
        Assert.False(File.Exists(cluster.SocketPath(0)));
    }

    [Theory(DisplayName = "SIGTERM, SIGINT and SIGQUIT begin a leave: code 0, and neither ready nor socket is left behind")]
    [InlineData(Signal.Term)]
    [InlineData(Signal.Int)]
    [InlineData(Signal.Quit)]
    public async Task Leave(Signal signal)
    {
        await using var cluster = HostCluster.Of(1);
        var host = cluster.Start(0);
        await host.ReadyAsync();

        Signals.Send(host.Pid, signal);

        Assert.True(await host.ExitCodeAsync() == ExitCode.Left, host.Tail());
        Assert.False(File.Exists(Path.Combine(cluster.DataDirectory(0), "ready")));
        Assert.False(File.Exists(cluster.SocketPath(0)));
    }

    /// <returns>How many were sent.</returns>
    private static async Task<int> HangUpAsync(HostUnderTest host)
    {
        var sent = 0;
        for (; !host.HasEnded; sent++)
        {
            try
            {
                host.Hup();
            }
            catch (System.ComponentModel.Win32Exception) when (host.HasEnded)
            {
                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return sent;
    }
}

/// <summary>One host for all signals that it outlives; a new one after a signal that it did not.</summary>
public sealed class SignalledHost : IAsyncLifetime
{
    private HostCluster _cluster = HostCluster.Of(1);
    private HostUnderTest? _host;

    public Administrator Operator => new(_cluster.SocketPath(0));

    public bool IsReady => File.Exists(Path.Combine(_cluster.DataDirectory(0), "ready"));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task<HostUnderTest> ReadyAsync()
    {
        if (_host is null or { HasEnded: true })
        {
            _host = _cluster.Start(0);
            await _host.ReadyAsync();
        }

        return _host;
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();
}
