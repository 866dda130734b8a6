using Checkpoint.Host.Lifecycle;
using Checkpoint.Protocol;
using Checkpoint.Tests.Cluster;
using static Checkpoint.Protocol.SessionProtocol;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Processes;

/// <summary>Files that may not grow, or not be written: they cost lines and names, never the host.</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class FileLimitSpecs
{
    /// <summary>Root may write what is read-only, unless that right is taken from it.</summary>
    private static readonly string[] WithoutOverride = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];

    private static readonly AisStatus[] Refused = [AisStatus.TryAgain, AisStatus.Timeout];

    [SmallDiskFact(DisplayName = "A limit of file sizes is reached by log and journal, then the journal is read-only: lines and names are refused, content goes on, and it is over when they can be written")]
    public async Task Unwritable_files()
    {
        await using var cluster = HostCluster.Of(1);
        cluster.Launcher = WithoutOverride;
        var directory = Directory.CreateDirectory(Path.Combine(cluster.Directory, "own-journal")).FullName;
        var host = cluster.Start(0, "checkpoint.log.file=log", $"checkpoint.journal.file={directory}/journal.db");
        await host.ReadyAsync();
        await using var client = await SocketClient.ConnectAsync(cluster);
        var (kept, log) = (Name("kept"), Path.Combine(cluster.DataDirectory(0), "log"));
        var handle = await client.OpenAsync(kept);
        await client.OkAsync(new Change(handle, new ContentOp.CreateSection(Section(1), AisTime.End, new byte[10])));

        RunningLimits.Set(host, $"--fsize={new FileInfo(log).Length + 20}:"); // In the midst of the next line.
        host.Hup();
        await host.LineAsync("line about the log file", line => line.Contains("log cannot be written: ", StringComparison.Ordinal));
        Assert.Contains((await client.AskAsync(new Unlink(kept), seconds: 1)).Status, Refused);
        await client.OkAsync(new Change(handle, new ContentOp.Overwrite(Section(1), new byte[20])));
        RunningLimits.Set(host, "--fsize=unlimited:");
        await Eventually.TrueAsync("the unlink is done", async () => (await client.AskAsync(new Unlink(kept), seconds: 1)).Status is AisStatus.Ok or AisStatus.NotExist);

        var during = Name("during");
        SetWritable(directory, false);
        Assert.Contains(await CreateAsync(client, during), (AisStatus[])[AisStatus.Ok, .. Refused]); // Files that are open stay writable.
        Assert.Equal(20, await client.ReadLengthAsync(handle, 1));
        SetWritable(directory, true);
        await Eventually.TrueAsync("the creation is done", async () => await CreateAsync(client, during) == AisStatus.Ok);

        host.Term();
        Assert.True(await host.ExitCodeAsync() == ExitCode.Left, host.Tail());
        Assert.Contains("lost here", await File.ReadAllTextAsync(log), StringComparison.Ordinal);
        Assert.Contains("leaving: SIGTERM received", await File.ReadAllTextAsync(log), StringComparison.Ordinal);
    }

    [SmallDiskFact(DisplayName = "A journal or a data directory that cannot be written: no start (4), one line that names the key")]
    public async Task No_start()
    {
        await using var cluster = HostCluster.Of(1);
        cluster.Launcher = WithoutOverride;
        var directory = Directory.CreateDirectory(Path.Combine(cluster.Directory, "read-only")).FullName;
        SetWritable(directory, false);
        foreach (var (key, path) in new[] { ("checkpoint.journal.file", "journal.db"), ("checkpoint.data-directory", "data"), ("checkpoint.log.file", "log") })
        {
            var refused = cluster.Start(0, $"{key}={directory}/{path}");
            Assert.Equal(ExitCode.StartFailed, await refused.ExitCodeAsync());
            Assert.Contains(key, Assert.Single(refused.Log), StringComparison.Ordinal);
        }
    }

    [SmallDiskFact(DisplayName = "The journal of views is on a full disk when a host dies: the view waits, the others live and answer, and it comes when there is space")]
    public async Task Views_on_a_full_disk()
    {
        await using var cluster = HostCluster.Of(3);
        using var disk = new SmallDisk(Path.Combine(cluster.Directory, "small"), pages: 1024);
        cluster.Settings.Add($"checkpoint.journal.file={disk.Path}/journal.db");
        var hosts = await cluster.StartAllAsync();
        await using var client = await SocketClient.ConnectAsync(cluster);
        var handle = await client.OpenAsync(Name("views"));
        await client.OkAsync(new Change(handle, new ContentOp.CreateSection(Section(1), AisTime.End, new byte[10])));

        disk.Fill();
        hosts[2].Kill();
        await hosts[0].LineAsync("a line about the journal of views", line => line.Contains("journal of views is away", StringComparison.Ordinal));
        Assert.Equal(10, await client.ReadLengthAsync(handle, 1));
        disk.Free();

        await Eventually.TrueAsync("changes go on", async () =>
            (await client.AskAsync(new Change(handle, new ContentOp.Overwrite(Section(1), new byte[20])))).Status == AisStatus.Ok, TimeSpan.FromSeconds(30));
        Assert.False(hosts[0].HasEnded || hosts[1].HasEnded);
    }

    private static void SetWritable(string directory, bool isWritable)
    {
        foreach (var file in Directory.GetFiles(directory))
            File.SetUnixFileMode(file, isWritable ? UnixFileMode.UserRead | UnixFileMode.UserWrite : UnixFileMode.UserRead);
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserExecute | (isWritable ? UnixFileMode.UserWrite : UnixFileMode.None));
    }

    private static async Task<AisStatus> CreateAsync(SocketClient client, CheckpointName name) =>
        (await client.AskAsync(new Open(name, OpenFlags.Create | OpenFlags.Read, Attributes()), seconds: 1)).Status;
}
