using Checkpoint.Host.Lifecycle;
using Checkpoint.Protocol;
using Checkpoint.Tests.Cluster;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Processes;

/// <summary>The disk below the SQLite journal is full for a while.</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class JournalDiskSpecs
{
    [SmallDiskFact(DisplayName = "The journal's disk is full: content goes on; unlink and create are TRY_AGAIN or TIMEOUT and not done, and are done when there is space again")]
    public async Task Full_for_a_while()
    {
        await using var cluster = HostCluster.Of(1);
        using var disk = new SmallDisk(Path.Combine(cluster.Directory, "small"), pages: 1024);
        var host = cluster.Start(0, $"checkpoint.journal.file={disk.Path}/journal.db");
        await host.ReadyAsync();
        await using var application = await Application.AtAsync(host, TimeSpan.FromSeconds(8)); // Which ends in TIMEOUT does so then.
        var (kept, never) = (Name("kept"), Name("never"));
        await using var handle = await application.OpenAsync(kept, Attributes());
        await handle.CreateSectionAsync(Section(1), Bytes("before"));

        disk.Fill();
        await Eventually.TrueAsync("the journal has no page left", async () => await StatusAsync(application, never) != AisStatus.Ok);
        // A copy of the question may have been lost with the entity that the journal ended: then it is not certain, and TIMEOUT.
        Assert.Contains(await Application.StatusOfAsync(() => application.Client.UnlinkAsync(kept)), new[] { AisStatus.TryAgain, AisStatus.Timeout });
        await Application.PatientlyAsync(() => handle.WriteAsync(Section(1), 0, Bytes("during")));
        Assert.Equal("during", Text(await handle.ReadAsync(Section(1))));
        Assert.False(host.HasEnded);

        disk.Free();
        Assert.Contains(kept.ToString(), await new Administrator(cluster.SocketPath(0)).NamesAsync());
        await Eventually.TrueAsync("the unlink is done", async () =>
            await Application.StatusOfAsync(() => application.Client.UnlinkAsync(kept)) is AisStatus.Ok or AisStatus.NotExist);
        await Eventually.TrueAsync("the creation is done", async () => await StatusAsync(application, never) == AisStatus.Ok);
        host.Term();
        Assert.True(await host.ExitCodeAsync() == ExitCode.Left, host.Tail());
    }

    /// <summary>A creation; what it made is closed again.</summary>
    private static Task<AisStatus> StatusAsync(Application application, CheckpointName name) => Application.StatusOfAsync(async () =>
    {
        await using var handle = await application.Client.OpenAsync(name, attributes: Attributes());
    });
}
