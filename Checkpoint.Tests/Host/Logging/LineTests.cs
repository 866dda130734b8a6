using System.Text;
using Akka.Event;
using Checkpoint.Host.Logging;

namespace Checkpoint.Tests.Host.Logging;

public sealed class LineTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ckpt-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact(DisplayName = "A log event is one line, whatever stands in its message")]
    public void One_line()
    {
        var logged = new Warning(
            new InvalidOperationException("broken"), "akka://checkpoint/user/checkpoint/agent", typeof(LineTests), "name \"a\r\nb\u0007c\"\n2026 ERROR forged");

        var line = LineFormat.Format(logged, "node1");

        Assert.Matches(
            @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARN  node1 Checkpoint\.Tests\.Host\.Logging\.LineTests /user/checkpoint/agent: "
            + "name \"a ; b c\" ; 2026 ERROR forged \\| System.InvalidOperationException: broken$", line);
    }

    [Fact(DisplayName = "A line has a limit")]
    public void Long_line() =>
        Assert.InRange(LineFormat.Format(new Info("s", typeof(LineTests), new string('x', 1_000_000)), "n").Length, 8_000, 8_300);

    [Fact(DisplayName = "A full log file is begun again, and the log never takes more than twice the limit")]
    public void Rotation()
    {
        var path = Path.Combine(_directory.FullName, "log");
        using (var log = new LogFile(path, 1_000))
        {
            for (var i = 0; i < 1_000; i++)
                log.Write(Encoding.UTF8.GetBytes($"line {i}\n"));
        }

        Assert.EndsWith("line 999\n", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.All(_directory.GetFiles(), file => Assert.InRange(file.Length, 1, 1_100));
        Assert.Equal(["log", "log.1"], _directory.GetFiles().Select(file => file.Name).Order());
    }

    [Fact(DisplayName = "Whoever moves the log file away gets a new one after a reopen")]
    public void Reopen()
    {
        var path = Path.Combine(_directory.FullName, "log");
        using var log = new LogFile(path, 1_000_000);
        log.Write("first\n"u8);
        File.Move(path, path + ".moved");

        log.Reopen();
        log.Write("second\n"u8);

        Assert.Equal(("first\n", "second\n"), (File.ReadAllText(path + ".moved"), File.ReadAllText(path)));
    }
}
