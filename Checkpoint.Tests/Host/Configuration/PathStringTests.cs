using Checkpoint.Host.Configuration;

namespace Checkpoint.Tests.Host.Configuration;

/// <summary>Paths that cannot be there, and two files that would be one.</summary>
public sealed class PathStringTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ckpt-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory(DisplayName = "A path that cannot be there is refused by its key, whatever could be created on the way")]
    [InlineData("data-directory = \"/dev/null/x\"", "data-directory = /dev/null/x, cannot be: /dev/null is not a directory")]
    [InlineData("data-directory = \"@/file\"", "data-directory = @/file, is a file, must be a directory")]
    [InlineData("data-directory = \"@/file/deeper/still\"", "data-directory = @/file/deeper/still, cannot be: @/file is not a directory")]
    [InlineData("data-directory = \"a\\u0000b\"", "data-directory holds a character 0")]
    [InlineData("data-directory = \"%\"", "data-directory = %, a name in it has 300 bytes, must be at most 255")]
    [InlineData("journal.file = \"@\"", "journal.file = @, is a directory, must be a file")]
    [InlineData("journal.file = \"@/new/\"", "journal.file = @/new/, is a directory, must be a file")]
    [InlineData("journal.file = \"@/file\"", "journal.file = @/file, is not a SQLite database")]
    [InlineData("journal.file = \"@/file/j.db\"", "journal.file = @/file/j.db, cannot be: @/file is not a directory")]
    [InlineData("log.file = \"@\"", "log.file = @, is a directory, must be a file")]
    [InlineData("log.file = \".\"", "log.file = ., is a directory, must be a file")]
    [InlineData("log.file = \"@/file/x.log\"", "log.file = @/file/x.log, cannot be: @/file is not a directory")]
    [InlineData("gateway.socket = \"@\"", "gateway.socket = @, is a directory, must be a file")]
    [InlineData("gateway.socket = \"@/file/s\"", "gateway.socket = @/file/s, cannot be: @/file is not a directory")]
    [InlineData("log.file = lock", "log.file = lock, is the file that the host's lock is")]
    [InlineData("log.file = checkpoint.sock", "log.file = checkpoint.sock, is the file that checkpoint.gateway.socket is")]
    [InlineData("journal.file = \"@/data/checkpoint.sock\"", "journal.file = @/data/checkpoint.sock, is the file that checkpoint.gateway.socket is")]
    [InlineData("gateway.socket = ready", "gateway.socket = ready, is the file that the host's ready is")]
    public void Wrong(string hocon, string fault)
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "file"), "this is a text and no database at all");
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "data"));
        var text = $"checkpoint.data-directory = \"@/data\"\ncheckpoint.journal.file = \"@/j.db\"\ncheckpoint.{hocon}";
        Assert.StartsWith($"checkpoint.{Filled(fault)}", Assert.Single(NodeText.FaultsWith(Filled(text))), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Directories that are not there yet are no fault")]
    public void New_directories() => Assert.Empty(NodeText.FaultsWith(Filled(
        "checkpoint.data-directory = \"@/a/b\"\ncheckpoint.journal.file = \"@/c/d/j.db\"\ncheckpoint.log.file = \"e/host.log\"\ncheckpoint.gateway.socket = \"@/f/s\"")));

    private string Filled(string text) => text.Replace("@", _directory.FullName).Replace("%", new string('n', 300));
}
