using System.Net;
using System.Net.Sockets;
using Checkpoint.Host.Lifecycle;
using Checkpoint.Tests.Cluster;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Processes;

/// <summary>Connections that never say anything keep nobody out, and cost no host its descriptors.</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class IdleConnectionSpecs
{
    private const int Idle = 1_000;

    /// <summary>So many come at once; with the host's own and those that may be idle they stay below its limit.</summary>
    private const int Burst = 50;

    [Fact(DisplayName = "1,000 connections to the local socket and to the remoting port that say nothing: a host with 600 descriptors lives, and clients of both kinds come in beside them")]
    public async Task Idle_connections()
    {
        await using var cluster = HostCluster.Of(1);
        cluster.Launcher = ["prlimit", "--nofile=600:600"];
        var host = (await cluster.StartAllAsync())[0];
        await using var first = await SocketClient.ConnectAsync(cluster);
        var idle = new List<Socket>();
        for (var i = 0; i < Idle; i++)
        {
            idle.Add(Open(new UnixDomainSocketEndPoint(cluster.SocketPath(0)), AddressFamily.Unix, ProtocolType.Unspecified));
            idle.Add(Open(IPEndPoint.Parse(host.Address), AddressFamily.InterNetwork, ProtocolType.Tcp));
            if (i % Burst == Burst - 1)
                await LetGoAsync(host);
        }

        await first.ServedAsync(Name("first"));
        await using var local = await SocketClient.ConnectAsync(cluster);
        await local.ServedAsync(Name("local"));
        await using var application = await Application.AtAsync(host);
        await using var handle = await application.OpenAsync(Name("remote"), Attributes());
        await LetGoAsync(host);

        idle.ForEach(socket => socket.Dispose());
        host.Term();
        Assert.True(await host.ExitCodeAsync() == ExitCode.Left, host.Tail());
    }

    /// <summary>Akka's transport closes what was turned away in its own time.</summary>
    private static Task LetGoAsync(HostUnderTest host) => Eventually.TrueAsync(
        "the idle connections that were turned away are closed",
        () => Task.FromResult(Directory.EnumerateFileSystemEntries($"/proc/{host.Pid}/fd").Count() <= 450));

    /// <summary>Blocks while the backlog is full, as a program's connect does.</summary>
    private static Socket Open(EndPoint at, AddressFamily family, ProtocolType protocol)
    {
        var socket = new Socket(family, SocketType.Stream, protocol);
        socket.Connect(at);
        return socket;
    }
}
