using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>What one client may have at a time. Passing one is NO_RESOURCES or NO_MEMORY with the limit and the value in the reason.</summary>
public sealed record SessionLimits
{
    /// <value>Open handles, opens in flight included.</value>
    public required int HandlesMax { get; init; }

    /// <value>Iterations over all handles.</value>
    public required int IterationsMax { get; init; }

    /// <value>Section ids that all iterations of the client hold together.</value>
    public required int IterationIdsMax { get; init; }

    /// <value>Requests without an answer.</value>
    public required int OutstandingMax { get; init; }

    /// <value>Bytes of section content on their way to the replicas; as many again may be on their way to the client.</value>
    public required long InFlightBytesMax { get; init; }

    /// <value>Change events of one handle that the client has not confirmed.</value>
    public required int ChangeEventsMax { get; init; }

    /// <summary>The limit of a call that brings none (ais-ckpt 1.1).</summary>
    public required TimeSpan DefaultBudget { get; init; }

    /// <summary>How often a client that comes over the network says that it lives.</summary>
    public required TimeSpan HeartbeatInterval { get; init; }

    /// <summary>Without a message for so long such a client is taken for dead. A client of the local socket ends with its connection.</summary>
    public required TimeSpan SilenceMax { get; init; }

    /// <summary>Section descriptors in one answer to IterationNext.</summary>
    public const int IterationCountMax = 1000;

    /// <summary>Bytes of section ids in one answer to IterationNext: one piece on the wire.</summary>
    public const int IterationIdBytesMax = 128 * 1024;

    public static readonly SessionLimits Defaults = new()
    {
        HandlesMax = 10_000,
        IterationsMax = 1_000,
        IterationIdsMax = 2_000_000,
        OutstandingMax = 1_024,
        InFlightBytesMax = 256L * 1024 * 1024,
        ChangeEventsMax = 1_024,
        DefaultBudget = TimeSpan.FromSeconds(14),
        HeartbeatInterval = TimeSpan.FromMilliseconds(100),
        SilenceMax = TimeSpan.FromSeconds(2),
    };

    public SessionProtocol.Welcome Welcome(SessionId session, string hostName, HostId host, bool isLocal) => new(
        SessionProtocol.Version,
        session,
        hostName,
        host,
        AisTime.FromTimeSpan(isLocal ? Timeout.InfiniteTimeSpan : HeartbeatInterval),
        AisTime.FromTimeSpan(isLocal ? Timeout.InfiniteTimeSpan : SilenceMax),
        OutstandingMax);
}
