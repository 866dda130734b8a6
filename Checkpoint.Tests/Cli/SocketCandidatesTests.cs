using System.Net.Sockets;
using Checkpoint.Cli.Connection;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cli;

public sealed class SocketCandidatesTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("cli-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact(DisplayName = "--socket is the only place looked at, whatever else is set")]
    public void Option_wins() =>
        Assert.Equal([new SocketCandidate("/a", "--socket")], SocketCandidates.Of("/a", Environment("/b")));

    [Fact(DisplayName = "CHECKPOINT_SOCKET is the only place looked at without --socket")]
    public void Variable_next() =>
        Assert.Equal([new SocketCandidate("/b", "CHECKPOINT_SOCKET")], SocketCandidates.Of(null, Environment("/b")));

    [Fact(DisplayName = "Else the sockets that run.sh --keep left in this checkout, and then the system's")]
    public void Kept_hosts()
    {
        foreach (var path in new[] { "run.sock", "node2/checkpointd.sock", "node1/checkpointd.sock", "node1/data/journal.db" })
        {
            var file = Path.Combine(_home, ".run", path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "");
        }

        var found = SocketCandidates.Of(null, Environment(null));

        Assert.Equal(
            ["node1/checkpointd.sock", "node2/checkpointd.sock", "run.sock"],
            found.SkipLast(1).Select(candidate => Path.GetRelativePath(Path.Combine(_home, ".run"), candidate.Path)));
        Assert.Equal(SocketCandidates.SystemPath, found[^1].Path);
    }

    [Fact(DisplayName = "A kept host that has died is passed over for one that lives")]
    public async Task Dead_and_alive()
    {
        var paths = new[] { "node1", "node2" }.Select(node => Path.Combine(_home, ".run", node, "checkpoint.sock")).ToArray();
        foreach (var path in paths)
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            dead.Bind(new UnixDomainSocketEndPoint(paths[0]));
        File.WriteAllText(paths[0], ""); // As a killed host leaves it: an entry that nobody listens at.
        await using var alive = new FakeGateway(
            request => [new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: new SessionProtocol.CheckpointList([]))], paths[1]);

        var run = await CliRun.OfAsync(["list"], "", CancellationToken.None, new() { [SocketCandidates.HomeVariable] = _home });

        Assert.Equal((0, "no checkpoints\n"), (run.ExitCode, run.Out));
    }

    [Fact(DisplayName = "A path longer than the kernel takes is used relative to the working directory")]
    public void Long_path()
    {
        var below = Path.Combine(Directory.GetCurrentDirectory(), new string('d', 90), "checkpoint.sock");

        Assert.Equal(Path.Combine(new string('d', 90), "checkpoint.sock"), new SocketCandidate(below, "test").PathToUse);
        Assert.Equal("/short.sock", new SocketCandidate("/short.sock", "test").PathToUse);
    }

    [Fact(DisplayName = "A checkout without kept hosts is no fault")]
    public void No_kept_hosts() => Assert.Equal(SocketCandidates.SystemPath, Assert.Single(SocketCandidates.Of(null, Environment(null))).Path);

    private Func<string, string?> Environment(string? socket) => name => name switch
    {
        SocketCandidates.Variable => socket,
        SocketCandidates.HomeVariable => _home,
        _ => null,
    };
}
