using System.Net;
using Akka.Actor;

namespace Checkpoint.Client;

/// <summary>How a .NET application reaches the cluster. Checked as a whole when the client is made.</summary>
public sealed record CheckpointClientOptions
{
    /// <summary>Hosts to join through, each <c>host:port</c> of its remoting; more are learned from the first that answers.</summary>
    /// <value>1 to 64; give at least two, so that the death of one host does not keep the application from starting.</value>
    public IReadOnlyList<string> ContactPoints { get; init; } = [];

    /// <summary>The name of the hosts' actor system.</summary>
    public string ClusterName { get; init; } = "checkpoint";

    /// <summary>What stands in the hosts' logs and in <c>checkpoint status</c>.</summary>
    /// <value>1 to 128 bytes of UTF-8; program and process id by default.</value>
    public string ClientName { get; init; } = $"{AppDomain.CurrentDomain.FriendlyName}/{Environment.ProcessId}";

    /// <summary>The address that the hosts answer to. It has to be one that they can reach; the port is chosen by the system.</summary>
    public string Hostname { get; init; } = "127.0.0.1";

    /// <summary>Time for <see cref="CheckpointClient.ConnectAsync"/> until a host has to serve.</summary>
    /// <value>At least 1 ms, at most 10 minutes.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Deadline of each call. It is told to the host, and checked where the call is executed.</summary>
    /// <value>At least 10 ms, at most 10 minutes.</value>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>One attempt to join at most (the first ones are shorter); after it the next begins.</summary>
    /// <value>At least 100 ms, at most 1 minute. Lower than the cluster's answer time, and no attempt ever succeeds.</value>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Silence of the serving host after which the client moves to another. The host may ask for less. A broken connection is seen
    /// earlier; this is for the host that hangs and the network that swallows.
    /// </summary>
    /// <value>At least 200 ms, at most 1 minute. A client that stalls for longer than this (a debugger, a long collection) moves needlessly.</value>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>Calls that wait at most, on top of those that the host takes at a time; past it they end in TRY_AGAIN at once.</summary>
    /// <value>1 to 1,000,000.</value>
    public int WaitingCallsMax { get; init; } = 16_384;

    /// <summary>Bytes of answers that may be on their way in pieces.</summary>
    /// <value>Bytes; at least 1 MiB, at most 2,147,483,591.</value>
    public long AnswerBytesMax { get; init; } = 1L << 30;

    /// <summary>The clock of deadlines and heartbeats.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// An actor system to live in instead of an own one. It needs <c>akka.actor.provider = remote</c> (or cluster) and is not ended by the client.
    /// </summary>
    public ActorSystem? ActorSystem { get; init; }

    /// <summary>HOCON laid over the own actor system's configuration: TLS certificates, a log level. Unused with <see cref="ActorSystem"/>.</summary>
    public string Hocon { get; init; } = "";

    /// <summary>Every fault in one message.</summary>
    /// <exception cref="ArgumentException">A value is outside the range that its property states.</exception>
    public void Validate()
    {
        var faults = Faults().ToList();
        if (faults.Count > 0)
            throw new ArgumentException($"checkpoint client options: {string.Join("; ", faults)}");
    }

    internal static (string Host, int Port)? ParseContact(string contact) => Protocol.HostNames.ParseEndpoint(contact);

    private IEnumerable<string> Faults()
    {
        if (ContactPoints.Count is 0 or > 64)
            yield return $"ContactPoints has {ContactPoints.Count} entries, must have 1 to 64";
        foreach (var contact in ContactPoints.Where(contact => ParseContact(contact) is null))
            yield return $"ContactPoints: '{contact}' is not host:port";
        if (!ClusterName.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') || ClusterName.Length == 0)
            yield return $"ClusterName '{ClusterName}' must consist of letters, digits, - and _";
        if (System.Text.Encoding.UTF8.GetByteCount(ClientName) is 0 or > Protocol.SessionCodec.ClientNameMaxBytes)
            yield return $"ClientName must have 1 to {Protocol.SessionCodec.ClientNameMaxBytes} bytes";
        if (!Protocol.HostNames.IsHostName(Hostname))
            yield return $"Hostname '{Hostname}' is no host name or address";
        else if (IPAddress.TryParse(Hostname, out var any) && (any.Equals(IPAddress.Any) || any.Equals(IPAddress.IPv6Any)))
            yield return $"Hostname '{Hostname}' is no address that a host can answer to";
        else if (ActorSystem is null && IsLoopback(Hostname) && ContactPoints.Any(contact => ParseContact(contact) is { } to && !IsLoopback(to.Host)))
            yield return $"Hostname '{Hostname}' is loopback, but a contact point is not: its host could not answer";
        foreach (var fault in Range(nameof(ConnectTimeout), ConnectTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10))
            .Concat(Range(nameof(CallTimeout), CallTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10)))
            .Concat(Range(nameof(JoinTimeout), JoinTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)))
            .Concat(Range(nameof(SilenceMax), SilenceMax, TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(1))))
            yield return fault;
        if (WaitingCallsMax is < 1 or > 1_000_000)
            yield return $"WaitingCallsMax = {WaitingCallsMax}, must be 1 to 1,000,000";
        if (AnswerBytesMax < 1 << 20 || AnswerBytesMax > Array.MaxLength)
            yield return $"AnswerBytesMax = {AnswerBytesMax}, must be {1 << 20} to {Array.MaxLength}";
        if (Protocol.HoconText.Fault(Hocon) is { } open)
            yield return $"Hocon, {open}";
    }

    private static IEnumerable<string> Range(string name, TimeSpan value, TimeSpan min, TimeSpan max)
    {
        if (value < min || value > max)
            yield return $"{name} = {value}, must be {min} to {max}";
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
