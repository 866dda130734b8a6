using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Checkpoint.Host.Logging;

/// <summary>Akka's logger of a host: every log event becomes one line of the host's <see cref="LineLog"/>, but for what repeats itself.</summary>
public sealed class LineLogger : ReceiveActor, IWithTimers, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private readonly LineLog _log;
    private readonly RepeatedLines _repeated;

    public LineLogger()
    {
        _log = Context.System.Settings.Setup.Get<LineLogSetup>().Value.Log;
        _repeated = new RepeatedLines(_log.Clock);
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(OnEvent);
        Receive<Look>(_ => Say(_repeated.Due()));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer("look", Look.Instance, LookInterval);

    protected override void PostStop() => Say(_repeated.All());

    private void OnEvent(LogEvent logged)
    {
        var line = LineFormat.Format(logged, _log.NodeName);
        if (_repeated.Admits(logged, line))
            _log.Write(line, urgent: logged.LogLevel() >= LogLevel.ErrorLevel);
    }

    private void Say(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            _log.Write(line);
    }

    private sealed record Look
    {
        public static readonly Look Instance = new();
    }
}

/// <summary>The same lines before the logger has started and after it has stopped. Akka makes it before any setup is known, so it names no node.</summary>
public sealed class LineStdoutLogger : MinimalLogger
{
    protected override void Log(object message) =>
        StandardLines.Output.Write(message is LogEvent logged ? LineFormat.Format(logged, "-") : message.ToString() ?? "", urgent: true);
}
