using System.Net.Sockets;
using Checkpoint.Protocol;
using Checkpoint.Tests.Cli;
using Checkpoint.Tests.Processes;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Tests.Native;

/// <summary>
/// What programs behind the C library are told when their node leaves the cluster (ais-ckpt 5.11), when the host refuses, and when it is silent:
/// a C program at a stand-in for the host.
/// </summary>
public sealed class RefusalTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>The library's own limit, so that what waits for a host that does not come back ends soon.</summary>
    private static readonly (string, string) ShortLimit = ("CHECKPOINT_TIMEOUT_MS", "300");

    [Fact(DisplayName = "MEM-02, 03, 05, 07: when the node leaves, poll and BLOCKING wake a B.2 client, every function answers UNAVAILABLE, Finalize OK")]
    public async Task A_B2_client_of_a_node_that_leaves()
    {
        await using var host = new FakeGateway(Leaving());

        var lines = await RunAsync(host.Path, "leave", "2", "2");

        Assert.Equal(["poll 1", "blocking 31"], lines[..2]);
        Assert.Equal(["saCkptFinalize 1", "opened 0"], lines[^2..]);
        var calls = lines[2..^2];
        Assert.Equal(24, calls.Length);
        Assert.All(calls, call => Assert.EndsWith(" 31", call, StringComparison.Ordinal));
    }

    [Fact(DisplayName = "MEM-05, 06, 07: when the node leaves, a B.1 client is told TRY_AGAIN or TIMEOUT, and stays in BLOCKING until Finalize")]
    public async Task A_B1_client_of_a_node_that_leaves()
    {
        await using var host = new FakeGateway(Leaving());

        var lines = await RunAsync(host.Path, "leave", "1", "1");

        Assert.Equal(["poll 0", "blocking -1"], lines[..2]);
        Assert.Equal(["saCkptFinalize 1", "blocking at last 1", "opened 0"], lines[^3..]);
        var calls = lines[2..^3];
        Assert.Equal(14, calls.Length);
        Assert.All(calls, call => Assert.Contains(call.Split(' ')[1], (string[])["5", "6"]));
    }

    [Theory(DisplayName = "MEM-01, 06: on a node that is no member Initialize answers UNAVAILABLE to a B.2 client, TRY_AGAIN to one of B.1")]
    [InlineData("2", "2", "31")]
    [InlineData("1", "1", "6")]
    public async Task Initialize_where_the_node_is_no_member(string major, string minor, string code)
    {
        var directory = Directory.CreateTempSubdirectory("ckpt-").FullName;
        var path = Path.Combine(directory, "h.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var serving = SayFarewellAsync(listener, new Farewell(AisStatus.Unavailable, "no member"));

        var lines = await RunAsync(path, "absent", major, minor);

        listener.Dispose();
        await serving;
        Directory.Delete(directory, recursive: true);
        Assert.Equal([$"saCkptInitialize {code}"], lines);
    }

    [Fact(DisplayName = "A refused Track is told and leaves nothing tracked; an iteration whose answer did not come answers NOT_EXIST")]
    public async Task Refusals()
    {
        var isRefused = true;
        await using var host = new FakeGateway(request =>
        {
            if (request.Command is Track { On: true } && isRefused)
            {
                isRefused = false;
                return [new Answer(request.Id, AisStatus.NoResources, "trackers")];
            }

            return request.Command is IterationNext ? [] : [Answered(request)];
        });

        var lines = await RunAsync(host.Path, "refuse");

        Assert.Equal(
            [
                "saCkptTrack 18", "saCkptTrackStop 12", "saCkptTrack 1", "saCkptTrackStop 1",
                "saCkptSectionIterationNext 5", "saCkptSectionIterationNext 12", "saCkptSectionIterationFinalize 1", "saCkptFinalize 1",
            ],
            lines);
    }

    [Fact(DisplayName = "What no host takes as one message is refused by the library before a byte of it is read or sent, however large")]
    public async Task Oversize()
    {
        var requests = new List<Command>();
        await using var host = new FakeGateway(request =>
        {
            requests.Add(request.Command);
            return [Answered(request)];
        });

        var lines = await RunAsync(host.Path, "oversize");

        Assert.Equal((6 * 3) + (9 * 2) + 1, lines.Length);
        Assert.Equal(9, lines.Count(line => line == "saCkptCheckpointRead 8"));
        Assert.Equal("saCkptFinalize 1", lines[^1]);
        Assert.All(lines[..^1].Where(line => line != "saCkptCheckpointRead 8"), line => Assert.EndsWith(" 18", line, StringComparison.Ordinal));
        Assert.IsType<Open>(Assert.Single(requests));
    }

    [Fact(DisplayName = "Without permission on the socket Initialize and calls answer LIBRARY, not TRY_AGAIN for ever, and CHECKPOINT_DEBUG says why")]
    public async Task A_user_without_permission()
    {
        await using var host = new FakeGateway(request => request.Command is SetActiveReplica ? null : [Answered(request)]);

        var run = await NativeRun.OfAsync(
            NativeBuild.PathOf("refusals"), ["forbidden", OtherUser.Id], host.Path, Patience, ShortLimit, ("CHECKPOINT_DEBUG", "1"));

        Assert.Equal(
            (0, "initialize 2\ninitialize 2\nsaCkptActiveReplicaSet 5\nsaCkptCheckpointUnlink 2\nsaCkptFinalize 1\n"), (run.ExitCode, run.Out));
        var why = $"libSaCkpt: {host.Path}: Permission denied (Initialize answers 2)\n";
        Assert.Equal(why + why, run.Error);
    }

    [Fact(DisplayName = "A socket path that no kernel takes answers LIBRARY, too")]
    public async Task A_path_that_is_too_long() =>
        Assert.Equal(["saCkptInitialize 2"], await RunAsync("/" + new string('x', 200), "absent", "2", "2"));

    [Theory(DisplayName = "A host that lets only its group in says so: Initialize answers LIBRARY to clients of both majors")]
    [InlineData("2", "2")]
    [InlineData("1", "1")]
    public async Task A_host_that_lets_nobody_in(string major, string minor)
    {
        var directory = Directory.CreateTempSubdirectory("ckpt-").FullName;
        var path = Path.Combine(directory, "h.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var serving = SayFarewellAsync(listener, new Farewell(AisStatus.Access, "not of the group"));

        var lines = await RunAsync(path, "absent", major, minor);

        listener.Dispose();
        await serving;
        Directory.Delete(directory, recursive: true);
        Assert.Equal(["saCkptInitialize 2"], lines);
    }

    /// <summary>Says farewell once the active replica is set, and serves nobody afterwards. An open without attributes is never answered.</summary>
    private static Func<Request, IEnumerable<IMessage?>?> Leaving()
    {
        var hasLeft = false;
        return request =>
        {
            if (hasLeft)
                return null;
            if (request.Command is Open { Attributes: null })
                return [];
            hasLeft = request.Command is SetActiveReplica;
            return hasLeft ? [Answered(request), new Farewell(AisStatus.Unavailable, "the node has left the cluster"), null] : [Answered(request)];
        };
    }

    private static Answer Answered(Request request) => new(request.Id, AisStatus.Ok, Body: request.Command switch
    {
        Open open => new Opened(3, new IncarnationId(Guid.NewGuid()), open.Attributes!),
        IterationInitialize => new IterationOpened(4),
        _ => null,
    });

    private static async Task SayFarewellAsync(Socket listener, Farewell farewell)
    {
        try
        {
            while (true)
            {
                await using var stream = new NetworkStream(await listener.AcceptAsync(), ownsSocket: true);
                await stream.WriteAsync(GatewayFrame.Preamble(SessionProtocol.Version));
                await new FrameWriter(stream).WriteAsync(farewell, default);
                await stream.ReadExactlyAsync(new byte[GatewayFrame.PreambleBytes + 1]); // What it says is read, so that the farewell is not lost.
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task<string[]> RunAsync(string socket, params string[] arguments)
    {
        var run = await NativeRun.OfAsync(NativeBuild.PathOf("refusals"), arguments, socket, Patience, ShortLimit, ("CHECKPOINT_PROFILE", "strict"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
