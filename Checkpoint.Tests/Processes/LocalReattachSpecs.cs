using Checkpoint.Protocol;
using Checkpoint.Tests.Cluster;
using static Checkpoint.Protocol.SessionProtocol;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Processes;

/// <summary>
/// What the C library does when the host of its machine is killed and comes back at the same socket: hello again, and each handle attached by
/// its incarnation. Here by the frames alone.
/// </summary>
[Collection(ProcessSpecs.Name)]
public sealed class LocalReattachSpecs
{
    private const OpenFlags Both = OpenFlags.Read | OpenFlags.Write;

    /// <summary>On a busy machine a host needs longer than the default window to start again; how long the window is, is not the point there.</summary>
    private const string LongGrace = "checkpoint.entity.reattach-grace=90s";

    [Fact(DisplayName = "A local client whose host is killed and restarted re-attaches: its data, its rights, as many openers as before; with retention 0 it survives the window and is gone at the last Close")]
    public async Task Host_returns()
    {
        await using var cluster = HostCluster.Of(3);
        cluster.Settings.Add(LongGrace);
        await cluster.StartAllAsync();
        var name = Name("returning");
        await using var before = await ConnectAsync(cluster, 0);
        var first = await OpenedAsync(before, new Open(name, Both | OpenFlags.Create, Attributes(retention: TimeSpan.Zero)));
        var second = await OpenedAsync(before, new Open(name, OpenFlags.Read, null));
        await DoneAsync(before, new Change(first.Handle, new ContentOp.CreateSection(Section(1), AisTime.End, Bytes("kept"))));

        await RestartAsync(cluster, 0);
        Assert.NotNull(await before.Closed.WaitAsync(HostUnderTest.Patience));
        await using var after = await ConnectAsync(cluster, 0);
        var writing = await OpenedAsync(after, new Attach(name, first.Incarnation, Both));
        var reading = await OpenedAsync(after, new Attach(name, second.Incarnation, OpenFlags.Read));

        Assert.Equal((first.Incarnation, first.Attributes), (writing.Incarnation, writing.Attributes));
        Assert.Equal(2, await new Administrator(cluster.SocketPath(1)).OpenersAsync(name));
        Assert.Equal("kept", await ReadAsync(after, reading.Handle));
        await DoneAsync(after, new Change(writing.Handle, new ContentOp.Overwrite(Section(1), Bytes("on"))));
        Assert.Equal(AisStatus.Access, (await SendAsync(after, new Change(reading.Handle, new ContentOp.Overwrite(Section(1), Bytes("no"))))).Status);

        // Closed by its last opener: gone now, not when the window is over.
        await DoneAsync(after, new Close(writing.Handle));
        await DoneAsync(after, new Close(reading.Handle));
        Assert.Equal(AisStatus.NotExist, (await SendAsync(after, new Open(name, OpenFlags.Read, null))).Status);
        HostLogs.AssertGood(cluster);
    }

    [Fact(DisplayName = "A re-attached handle that tracks is told what others change")]
    [Trait("Category", "Long")]
    public async Task Tracking_goes_on()
    {
        await using var cluster = HostCluster.Of(3);
        cluster.Settings.Add(LongGrace);
        await cluster.StartAllAsync();
        var name = Name("tracked");
        await using var before = await ConnectAsync(cluster, 0);
        var opened = await OpenedAsync(before, new Open(name, Both | OpenFlags.Create, Attributes()));
        await using var other = await ConnectAsync(cluster, 1);
        var writer = await OpenedAsync(other, new Open(name, Both, null));

        await RestartAsync(cluster, 0);
        await using var after = await ConnectAsync(cluster, 0);
        var attached = await OpenedAsync(after, new Attach(name, opened.Incarnation, Both));
        await DoneAsync(after, new Track(attached.Handle, On: true));
        await DoneAsync(other, new Change(writer.Handle, new ContentOp.CreateSection(Section(7), AisTime.End, Bytes("told"))));

        var push = await after.Pushes.ReadAsync().AsTask().WaitAsync(HostUnderTest.Patience);
        var changed = Assert.IsType<Changed>(push);
        Assert.Equal((attached.Handle, Section(7)), (changed.Handle, Assert.Single(changed.Changes).Id));
    }

    [Fact(DisplayName = "A client that does not come back within the window has closed: its checkpoint with retention 0 goes then, and an Attach is NOT_EXIST")]
    [Trait("Category", "Long")]
    public async Task Client_stays_away()
    {
        await using var cluster = HostCluster.Of(2);
        cluster.Settings.Add("checkpoint.entity.reattach-grace=3s");
        await cluster.StartAllAsync();
        var name = Name("left-behind");
        await using var before = await ConnectAsync(cluster, 0);
        var opened = await OpenedAsync(before, new Open(name, Both | OpenFlags.Create, Attributes(retention: TimeSpan.Zero)));

        await RestartAsync(cluster, 0);
        var witness = new Administrator(cluster.SocketPath(1));
        await Eventually.TrueAsync("it is gone", async () => (await witness.NamesAsync()).Count == 0, HostUnderTest.Patience);
        await using var after = await ConnectAsync(cluster, 0);
        Assert.Equal(AisStatus.NotExist, (await SendAsync(after, new Attach(name, opened.Incarnation, Both))).Status);
    }

    [Fact(DisplayName = "The only host of a cluster takes all data with it: an Attach after its return is NOT_EXIST, and the name is free")]
    public async Task Only_host()
    {
        await using var cluster = HostCluster.Of(1);
        await cluster.StartAllAsync();
        var name = Name("alone");
        await using var before = await ConnectAsync(cluster, 0);
        var opened = await OpenedAsync(before, new Open(name, Both | OpenFlags.Create, Attributes()));

        await RestartAsync(cluster, 0);
        await using var after = await ConnectAsync(cluster, 0);
        Assert.Equal(AisStatus.NotExist, (await SendAsync(after, new Attach(name, opened.Incarnation, Both))).Status);
        var anew = await OpenedAsync(after, new Open(name, Both | OpenFlags.Create, Attributes()));
        Assert.NotEqual(opened.Incarnation, anew.Incarnation);
    }

    private static async Task RestartAsync(HostCluster cluster, int index)
    {
        var host = cluster.Started[index];
        host.Kill();
        await host.ExitCodeAsync();
        await cluster.Start(index).ReadyAsync();
    }

    private static Task<GatewayConnection> ConnectAsync(HostCluster cluster, int index) => GatewayConnection.ConnectAsync(
        cluster.SocketPath(index), new Hello(SessionProtocol.Version, "reattach", AisVersion.B22, Profile.OpenSaf), TimeProvider.System, CancellationToken.None);

    private static Task<Answer> SendAsync(GatewayConnection connection, Command command) =>
        connection.SendAsync(command, AisTime.FromTimeSpan(TimeSpan.FromSeconds(60)), CancellationToken.None);

    private static async Task DoneAsync(GatewayConnection connection, Command command)
    {
        var answer = await SendAsync(connection, command);
        Assert.True(answer.Status == AisStatus.Ok, $"{command}: {answer.Status} {answer.Reason}");
    }

    private static async Task<Opened> OpenedAsync(GatewayConnection connection, Command command)
    {
        var answer = await SendAsync(connection, command);
        Assert.True(answer.Status == AisStatus.Ok, $"{command}: {answer.Status} {answer.Reason}");
        return (Opened)answer.Body!;
    }

    private static async Task<string> ReadAsync(GatewayConnection connection, ulong handle)
    {
        var answer = await SendAsync(connection, new Read(handle, [new ReadElement(Section(1), 0, ReadElement.Whole)]));
        return Text(Assert.IsType<Data>(answer.Body).Buffers[0]);
    }
}
