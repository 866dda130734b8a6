using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Checkpoint.Tests.Cluster;

/// <summary>Log lines of the hosts of a test, with the host's name, appended to the file that TEST_LOG names; TEST_LOGLEVEL chooses how many.</summary>
public sealed class TestLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private static readonly Lock Gate = new();
    private static readonly string? Path = Environment.GetEnvironmentVariable("TEST_LOG");

    public TestLogger()
    {
        var name = Context.System.Settings.Config.GetString("checkpoint.node-name");
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(line => Write($"{line.Timestamp:HH:mm:ss.fff} {name} {line}"));
    }

    private static void Write(string line)
    {
        if (Path is null)
            return;
        lock (Gate)
            File.AppendAllText(Path, line + Environment.NewLine);
    }
}
