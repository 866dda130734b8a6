using Checkpoint.Cli.Connection;

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

    [Fact(DisplayName = "A checkout without kept hosts is no fault")]
    public void No_kept_hosts() => Assert.Equal(SocketCandidates.SystemPath, Assert.Single(SocketCandidates.Of(null, Environment(null))).Path);

    private Func<string, string?> Environment(string? socket) => name => name switch
    {
        SocketCandidates.Variable => socket,
        SocketCandidates.HomeVariable => _home,
        _ => null,
    };
}
