using Akka.Configuration;
using Checkpoint.Actors.Configuration;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>Typed view of the <c>checkpoint.entity</c> block; checkpoint.reference.conf says why each default.</summary>
public sealed record CheckpointEntityOptions
{
    /// <value>From 0 s to 10 min.</value>
    public required TimeSpan ReattachGrace { get; init; }

    /// <value>1 ms to 10 s.</value>
    public required TimeSpan RetryInterval { get; init; }

    /// <value>1 ms to 10 min.</value>
    public required TimeSpan RecheckInterval { get; init; }

    /// <value>1 ms to 60 s.</value>
    public required TimeSpan AgentPatience { get; init; }

    /// <value>From 0 s to 10 min.</value>
    public required TimeSpan AbsentLinger { get; init; }

    /// <value>1 ms to 1 h.</value>
    public required TimeSpan SweepInterval { get; init; }

    /// <value>Commands, 1 to 1,000,000.</value>
    public required int QueuedCommandsMax { get; init; }

    /// <value>Journal rows, 4 to 100,000.</value>
    public required int JournalRowsMax { get; init; }

    /// <value>Pings a second, 10 to 1,000,000.</value>
    public required int PingsPerSecond { get; init; }

    /// <exception cref="ConfigurationFaultsException">Names every fault of the block.</exception>
    public static CheckpointEntityOptions From(Config root) => OptionsReader.Read(root, Read);

    /// <summary>Reads everything; what is wrong is noted in the reader's faults.</summary>
    public static CheckpointEntityOptions Read(OptionsReader reader)
    {
        var options = new CheckpointEntityOptions
        {
            ReattachGrace = reader.Duration("entity.reattach-grace", TimeSpan.Zero, TimeSpan.FromMinutes(10)),
            RetryInterval = reader.Duration("entity.retry-interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10)),
            RecheckInterval = reader.Duration("entity.recheck-interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10)),
            AgentPatience = reader.Duration("entity.agent-patience", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            AbsentLinger = reader.Duration("entity.absent-linger", TimeSpan.Zero, TimeSpan.FromMinutes(10)),
            SweepInterval = reader.Duration("entity.sweep-interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
            QueuedCommandsMax = reader.Number("entity.queued-commands-max", 1, 1_000_000),
            JournalRowsMax = reader.Number("entity.journal-rows-max", 4, 100_000),
            PingsPerSecond = reader.Number("entity.pings-per-second", 10, 1_000_000),
        };
        reader.Relate(options.AgentPatience >= options.RetryInterval, "entity.agent-patience", "at least", "entity.retry-interval",
            "one question that is lost would end the host");
        reader.Relate(options.RecheckInterval >= options.RetryInterval, "entity.recheck-interval", "at least", "entity.retry-interval",
            "the openers would be compared again before the first question is repeated");
        return options;
    }
}
