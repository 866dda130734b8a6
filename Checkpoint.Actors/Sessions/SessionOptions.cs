using Akka.Configuration;
using Checkpoint.Actors.Configuration;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// Typed view of <c>checkpoint.sessions</c>: what one client may have at a time; checkpoint.reference.conf says why each default. Passing one is NO_RESOURCES or NO_MEMORY with the limit and the value in the reason.
/// </summary>
public sealed record SessionOptions
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

    /// <value>The same for all clients of the host together, each way.</value>
    public required long NodeInFlightBytesMax { get; init; }

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

    /// <exception cref="ConfigurationFaultsException">Names every fault of the block.</exception>
    public static SessionOptions From(Config root) => OptionsReader.Read(root, Read);

    /// <summary>Reads everything; what is wrong is noted in the reader's faults.</summary>
    public static SessionOptions Read(OptionsReader reader)
    {
        var options = new SessionOptions
        {
            SessionsMax = reader.Number("sessions.sessions-max", 1, 100_000),
            HandlesMax = reader.Number("sessions.handles-max", 1, 1_000_000),
            IterationsMax = reader.Number("sessions.iterations-max", 1, 1_000_000),
            IterationIdsMax = reader.Number("sessions.iteration-ids-max", 1, 100_000_000),
            OutstandingMax = reader.Number("sessions.outstanding-max", 1, 100_000),
            InFlightBytesMax = reader.Bytes("sessions.in-flight-max", 1024 * 1024, 16L * 1024 * 1024 * 1024),
            NodeInFlightBytesMax = reader.Bytes("sessions.in-flight-node-max", 2 * 1024 * 1024, 64L * 1024 * 1024 * 1024),
            ChangeEventsMax = reader.Number("sessions.change-events-max", 1, 4096),
            DefaultBudget = reader.Duration("sessions.default-timeout", TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
            HeartbeatInterval = reader.Duration("sessions.heartbeat", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
            SilenceMax = reader.Duration("sessions.silence-max", TimeSpan.FromMilliseconds(30), TimeSpan.FromMinutes(10)),
        };
        reader.Relate(options.SilenceMax >= 3 * options.HeartbeatInterval, "sessions.silence-max", "at least 3 times", "sessions.heartbeat",
            "a client would be taken for dead after one lost heartbeat");
        reader.Relate(options.NodeInFlightBytesMax / 2 >= options.InFlightBytesMax, "sessions.in-flight-node-max", "at least twice", "sessions.in-flight-max",
            "one client could keep out all others");
        return options;
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
