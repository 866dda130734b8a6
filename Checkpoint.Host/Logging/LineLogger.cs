using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Checkpoint.Host.Logging;

/// <summary>Akka's logger of a host: every log event becomes one line of the host's <see cref="LineLog"/>.</summary>
public sealed class LineLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    public LineLogger()
    {
        var log = Context.System.Settings.Setup.Get<LineLogSetup>().Value.Log;
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(logged => log.Write(LineFormat.Format(logged, log.NodeName)));
    }
}

/// <summary>The same lines before the logger has started and after it has stopped. Akka makes it before any setup is known, so it names no node.</summary>
public sealed class LineStdoutLogger : MinimalLogger
{
    protected override void Log(object message) =>
        Console.Out.WriteLine(message is LogEvent logged ? LineFormat.Format(logged, "-") : message.ToString());
}
