using Akka.Configuration;
using Checkpoint.Actors.Configuration;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// Typed view of <c>checkpoint.sessions</c>: what one client may have at a time; checkpoint.reference.conf says why each default. Passing one is NO_RESOURCES or NO_MEMORY with the limit and the value in the reason.
/// </summary>
public sealed record SessionOptions
{
    private const string Path = "checkpoint.sessions";

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

    /// <value>Clients at a time, local and remote.</value>
    public required int SessionsMax { get; init; }

    public static SessionOptions Defaults { get; } = From(CheckpointReference.Defaults());

    /// <exception cref="ConfigurationException">Names every bad key, by its full path, in one message.</exception>
    public static SessionOptions From(Config root)
    {
        var block = root.WithFallback(CheckpointReference.Defaults()).GetConfig(Path);
        List<string> faults = [];
        var limits = new SessionOptions
        {
            SessionsMax = Count("sessions-max", 1, 100_000),
            HandlesMax = Count("handles-max", 1, 1_000_000),
            IterationsMax = Count("iterations-max", 1, 1_000_000),
            IterationIdsMax = Count("iteration-ids-max", 1, 100_000_000),
            OutstandingMax = Count("outstanding-max", 1, 100_000),
            InFlightBytesMax = Bytes("in-flight-max", 1024 * 1024, 16L * 1024 * 1024 * 1024),
            ChangeEventsMax = Count("change-events-max", 1, 4096),
            DefaultBudget = Time("default-timeout", TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
            HeartbeatInterval = Time("heartbeat", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
            SilenceMax = Time("silence-max", TimeSpan.FromMilliseconds(30), TimeSpan.FromMinutes(10)),
        };
        if (limits.SilenceMax < 3 * limits.HeartbeatInterval)
            faults.Add($"{Path}.silence-max = {limits.SilenceMax}, must be at least three heartbeats of {limits.HeartbeatInterval}");
        return faults.Count == 0 ? limits : throw new ConfigurationException(string.Join("; ", faults));

        int Count(string key, int min, int max) => (int)Number(key, block.GetInt(key), min, max);

        long Bytes(string key, long min, long max) => Number(key, block.GetByteSize(key) ?? 0, min, max);

        long Number(string key, long value, long min, long max)
        {
            if (value < min || value > max)
                faults.Add($"{Path}.{key} = {value}, must be from {min} to {max}");
            return value;
        }

        TimeSpan Time(string key, TimeSpan min, TimeSpan max)
        {
            var value = block.GetTimeSpan(key);
            if (value < min || value > max)
                faults.Add($"{Path}.{key} = {value}, must be from {min} to {max}");
            return value;
        }
    }

    public SessionProtocol.Welcome Welcome(SessionId session, string hostName, HostId host, Profile profile, bool isLocal) => new(
        SessionProtocol.Version,
        session,
        hostName,
        host,
        AisTime.FromTimeSpan(isLocal ? Timeout.InfiniteTimeSpan : HeartbeatInterval),
        AisTime.FromTimeSpan(isLocal ? Timeout.InfiniteTimeSpan : SilenceMax),
        OutstandingMax,
        profile);
}
