using Akka.Configuration;
using Akka.Event;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Host.Configuration;

namespace Checkpoint.Host.Lifecycle;

/// <summary>Changes the faults of a running host from <c>faults.conf</c> in its data directory. Exists only where faults are enabled.</summary>
public sealed class FaultControl(FaultSwitch faults, string file, ILoggingAdapter log)
{
    /// <summary>Reads the file and applies it; a bad one changes nothing and is logged. No file: no faults.</summary>
    public void Reload()
    {
        List<string> wrong = [];
        var own = File.Exists(file) ? new HoconFiles(wrong).Load(file) : Config.Empty;
        var known = ConfigKeys.Below(CheckpointReference.Defaults().GetConfig("checkpoint"), "faults");
        var settings = wrong.Count == 0 ? Read(own, known, wrong) : null;
        if (wrong.Count > 0 || settings is null)
        {
            log.Warning("{0} is refused: {1}", file, string.Join("; ", wrong));
            return;
        }

        faults.Set(settings);
        log.Warning("faults now: {0}", settings);
    }

    private static FaultSettings? Read(Config own, IReadOnlySet<string> known, List<string> wrong)
    {
        var block = Config.Empty;
        foreach (var (key, value) in own.AsEnumerable())
        {
            if (known.Contains(key) && key != "enabled")
                block = ConfigurationFactory.ParseString($"checkpoint.faults.{key} = \"{value.GetString()}\"").WithFallback(block);
            else
                wrong.Add($"{key} is not a fault{NearestKeys.Hint(key, known)}");
        }

        return FaultOptions.Read(new OptionsReader(
            ConfigurationFactory.ParseString("checkpoint.faults.enabled = on").WithFallback(block).WithFallback(CheckpointReference.Defaults()), wrong));
    }
}
