using Akka.Configuration;
using Checkpoint.Actors.Configuration;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>Typed view of the <c>checkpoint.entity</c> block; checkpoint.reference.conf says why each default.</summary>
public sealed record CheckpointEntityOptions
{
    private const string Path = "checkpoint.entity";

    /// <value>From 0 s to 10 min.</value>
    public required TimeSpan ReattachGrace { get; init; }

    /// <value>Above 0 s, at most 10 s.</value>
    public required TimeSpan RetryInterval { get; init; }

    /// <value>Above 0 s, at most 10 min.</value>
    public required TimeSpan RecheckInterval { get; init; }

    /// <value>Above 0 s, at most 60 s.</value>
    public required TimeSpan AgentPatience { get; init; }

    /// <value>From 0 s to 10 min.</value>
    public required TimeSpan AbsentLinger { get; init; }

    /// <value>Above 0 s, at most 1 h.</value>
    public required TimeSpan SweepInterval { get; init; }

    /// <value>Commands, above 0.</value>
    public required int QueuedCommandsMax { get; init; }

    /// <value>Journal rows, at least 4.</value>
    public required int JournalRowsMax { get; init; }

    /// <value>Pings a second, at least 10.</value>
    public required int PingsPerSecond { get; init; }

    /// <exception cref="ConfigurationException">Names every bad key, by its full path, in one message.</exception>
    public static CheckpointEntityOptions From(Config root)
    {
        var block = root.WithFallback(CheckpointReference.Defaults()).GetConfig(Path);
        var options = new CheckpointEntityOptions
        {
            ReattachGrace = block.GetTimeSpan("reattach-grace"),
            RetryInterval = block.GetTimeSpan("retry-interval"),
            RecheckInterval = block.GetTimeSpan("recheck-interval"),
            AgentPatience = block.GetTimeSpan("agent-patience"),
            AbsentLinger = block.GetTimeSpan("absent-linger"),
            SweepInterval = block.GetTimeSpan("sweep-interval"),
            QueuedCommandsMax = block.GetInt("queued-commands-max"),
            JournalRowsMax = block.GetInt("journal-rows-max"),
            PingsPerSecond = block.GetInt("pings-per-second"),
        };

        List<string> faults = [];
        Time("reattach-grace", options.ReattachGrace, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Time("retry-interval", options.RetryInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10));
        Time("recheck-interval", options.RecheckInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10));
        Time("agent-patience", options.AgentPatience, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Time("absent-linger", options.AbsentLinger, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Time("sweep-interval", options.SweepInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        Count("queued-commands-max", options.QueuedCommandsMax, 1);
        Count("journal-rows-max", options.JournalRowsMax, 4);
        Count("pings-per-second", options.PingsPerSecond, 10);
        return faults.Count == 0 ? options : throw new ConfigurationException(string.Join("; ", faults));

        void Time(string key, TimeSpan value, TimeSpan min, TimeSpan max)
        {
            if (value < min || value > max)
                faults.Add($"{Path}.{key} = {value}, must be from {min} to {max}");
        }

        void Count(string key, int value, int min)
        {
            if (value < min)
                faults.Add($"{Path}.{key} = {value}, must be at least {min}");
        }
    }
}
