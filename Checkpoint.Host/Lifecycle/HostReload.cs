using Akka.Actor;
using Akka.Event;
using Checkpoint.Actors.Configuration;
using Checkpoint.Host.Configuration;
using Checkpoint.Host.Logging;

namespace Checkpoint.Host.Lifecycle;

/// <summary>
/// What SIGHUP does: the configuration is read again, and what can change while the host runs is changed: the log level, and the faults where they are
/// enabled. Akka's loggers keep the level that they were made with, so a more talkative level is for what starts from then on (sessions, entities), a less
/// talkative one for all. The log file is opened anew, for whoever has moved it away. Everything else stays as it was at the start.
/// </summary>
/// <param name="load">Reads the configuration as at the start.</param>
/// <param name="faults">Null where faults are not enabled.</param>
public sealed class HostReload(ActorSystem system, Func<HostConfiguration> load, LineLog lines, FaultControl? faults)
{
    private readonly ILoggingAdapter _log = Akka.Event.Logging.GetLogger(system, typeof(HostReload));

    /// <summary>Never throws: whoever sends a signal to a host wants it to go on.</summary>
    public void Run()
    {
        try
        {
            lines.Reopen();
            SetLevel(load().Akka.GetString("akka.loglevel"));
            faults?.Reload();
        }
        catch (ConfigurationFaultsException e)
        {
            _log.Warning("SIGHUP changes nothing, {0} fault(s) in the configuration: {1}", e.Faults.Count, string.Join("; ", e.Faults));
        }
        catch (Exception e) // A fault of ours or of a library, in a thread where it would end the process.
        {
            _log.Error(e, "SIGHUP: not everything was read again: {0}", e.Message);
        }
    }

    private void SetLevel(string name)
    {
        var level = Akka.Event.Logging.LogLevelFor(name);
        var before = system.EventStream.LogLevel;
        // Said at the more talkative one of the two levels, so that it is said at all.
        system.EventStream.SetLogLevel(level < before ? level : before);
        _log.Info("SIGHUP: the configuration was read again; the log level is {0}. The other keys are as they were at the start", name);
        system.EventStream.SetLogLevel(level);
    }
}
