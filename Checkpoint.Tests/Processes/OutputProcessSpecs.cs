using System.Globalization;
using Checkpoint.Host.Lifecycle;
using Checkpoint.Tests.Cluster;

namespace Checkpoint.Tests.Processes;

/// <summary>A host's lines are for people: whatever becomes of them, it starts, serves and leaves.</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class OutputProcessSpecs
{
    /// <summary>A leave of one host alone takes below 2 s.</summary>
    private static readonly TimeSpan LeaveMax = TimeSpan.FromSeconds(15);

    [Theory(DisplayName = "Outputs that take nothing cost lines: the host becomes ready, serves, and leaves with code 0")]
    [InlineData("a full disk", ">/dev/full 2>&1")]
    [InlineData("closed", ">&- 2>&-")]
    [InlineData("a pipe that nobody reads", ">PIPE 2>&1")]
    public async Task Broken_outputs(string what, string redirections)
    {
        await using var cluster = HostCluster.Of(1);
        using var pipe = new UnreadPipe(cluster.Directory);
        var host = cluster.StartRedirected(0, redirections.Replace("PIPE", pipe.Path), "akka.loglevel=DEBUG");
        await cluster.ReadyFileAsync(0);

        Assert.Empty(await new Administrator(cluster.SocketPath(0)).NamesAsync());
        Assert.True(await LeaveAsync(host) < LeaveMax, $"{what}: the leave took too long");
    }

    [Fact(DisplayName = "A pipe whose reader goes away costs lines: the host goes on, and leaves with code 0")]
    public async Task Reader_gone()
    {
        await using var cluster = HostCluster.Of(1);
        var pipe = new UnreadPipe(cluster.Directory);
        var host = cluster.StartRedirected(0, $">{pipe.Path} 2>&1", "akka.loglevel=DEBUG");
        await pipe.ReadUntilAsync(line => line.StartsWith("ready ", StringComparison.Ordinal));
        pipe.Dispose();

        Assert.Empty(await new Administrator(cluster.SocketPath(0)).NamesAsync());
        Assert.True(await LeaveAsync(host) < LeaveMax);
    }

    [Fact(DisplayName = "When a stuck output is read again, the lines that were held come, and what was lost is counted")]
    public async Task Read_again()
    {
        await using var cluster = HostCluster.Of(1);
        using var pipe = new UnreadPipe(cluster.Directory);
        cluster.StartRedirected(0, $">{pipe.Path} 2>&1");
        await cluster.ReadyFileAsync(0);

        var lines = await pipe.ReadUntilAsync(line => line.StartsWith("ready ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("proposing view 1", StringComparison.Ordinal));
    }

    [Theory(DisplayName = "With a stuck error output a host that cannot start, or hangs in its leave, ends with its code all the same")]
    [InlineData("checkpoint.no-such-key=1", ExitCode.BadConfiguration)]
    [InlineData("checkpoint.data-directory=/proc/none", ExitCode.StartFailed)]
    public async Task Stuck_error_output(string setting, int code)
    {
        await using var cluster = HostCluster.Of(1);
        using var pipe = new UnreadPipe(cluster.Directory);
        var host = cluster.StartRedirected(0, $"2>{pipe.Path}", setting);

        Assert.Equal(code, await host.ExitCodeAsync());
    }

    [Fact(DisplayName = "With a stuck error output a leave that hangs is ended at its limit all the same")]
    public async Task Hanging_leave()
    {
        await using var cluster = HostCluster.Of(2);
        using var pipe = new UnreadPipe(cluster.Directory);
        var host = cluster.StartRedirected(0, $"2>{pipe.Path}", "checkpoint.shutdown-timeout=1s", "checkpoint.drain-timeout=1s");
        var other = cluster.Start(1);
        await Task.WhenAll(host.ReadyAsync(), other.ReadyAsync());

        other.Pause(); // Nobody confirms the leave.
        var began = TimeProvider.System.GetTimestamp();
        host.Term();

        Assert.Equal(134, await host.ExitCodeAsync());
        Assert.True(TimeProvider.System.GetElapsedTime(began) < LeaveMax);
    }

    [Fact(DisplayName = "A log file that takes nothing costs its lines: the host says so on standard output, goes on, and leaves with code 0")]
    public async Task Full_log_file()
    {
        await using var cluster = HostCluster.Of(1);
        var host = cluster.Start(0, "checkpoint.log.file=/dev/full");
        await host.ReadyAsync();

        await host.LineAsync("line about the log file", line => line.Contains("No space left on device", StringComparison.Ordinal));
        Assert.Empty(await new Administrator(cluster.SocketPath(0)).NamesAsync());
        await LeaveAsync(host);
    }

    [SmallDiskFact(DisplayName = "The log file's disk is full for a while: the host goes on, and the file says afterwards how many lines it lacks")]
    public async Task Log_disk_full_for_a_while()
    {
        await using var cluster = HostCluster.Of(1);
        using var disk = new SmallDisk(Path.Combine(cluster.Directory, "small"), pages: 64);
        var file = Path.Combine(disk.Path, "log");
        var host = cluster.Start(0, $"checkpoint.log.file={file}");
        await host.ReadyAsync();
        disk.Fill();
        for (var line = 0; line < 100 && !host.Log.Any(l => l.Contains("No space left on device", StringComparison.Ordinal)); line++)
            await SaySomethingAsync(host);
        await host.LineAsync("line about the full disk", line => line.Contains("No space left on device", StringComparison.Ordinal));
        await SaySomethingAsync(host);

        disk.Free();
        await SaySomethingAsync(host);
        await LeaveAsync(host);

        var written = await File.ReadAllLinesAsync(file);
        Assert.Contains(written, line => line.Contains("lost here", StringComparison.Ordinal));
    }

    [SmallDiskFact(DisplayName = "A full disk below the data directory: no start (4, one line); while the host runs it costs the file ready, which comes when there is space")]
    public async Task Data_disk_full()
    {
        await using var cluster = HostCluster.Of(1);
        using var disk = new SmallDisk(cluster.DataDirectory(0), pages: 16);
        disk.Fill();
        var refused = cluster.Start(0);
        Assert.Equal(ExitCode.StartFailed, await refused.ExitCodeAsync());
        Assert.Contains("No space left on device", Assert.Single(refused.Log), StringComparison.Ordinal);

        disk.Fill(pagesLeft: 1); // The pid's.
        var host = cluster.Start(0);
        await host.ReadyAsync();
        Assert.Empty(await new Administrator(cluster.SocketPath(0)).NamesAsync());
        Assert.False(File.Exists(Path.Combine(disk.Path, "ready")));

        disk.Free();
        await cluster.ReadyFileAsync(0);
        disk.Fill();
        await LeaveAsync(host);
    }

    /// <summary>Each SIGHUP is a line or two in the log.</summary>
    private static async Task SaySomethingAsync(HostUnderTest host)
    {
        var lines = host.Log.Count;
        host.Hup();
        await Eventually.TrueAsync("a line about SIGHUP", () => Task.FromResult(host.Log.Count > lines));
    }

    private static async Task<TimeSpan> LeaveAsync(HostUnderTest host)
    {
        var began = TimeProvider.System.GetTimestamp();
        host.Term();
        var code = await host.ExitCodeAsync();
        Assert.True(code == ExitCode.Left, string.Create(CultureInfo.InvariantCulture, $"exit code {code}\n{host.Tail()}"));
        return TimeProvider.System.GetElapsedTime(began);
    }
}
