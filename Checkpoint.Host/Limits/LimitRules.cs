using System.Numerics;
using Checkpoint.Actors.Sessions;
using Checkpoint.Host.Configuration;
using Checkpoint.Protocol;

namespace Checkpoint.Host.Limits;

/// <summary>
/// Compares what is configured with what the process may have. What somebody has set and cannot be had is a fault; a default gives way.
/// </summary>
/// <param name="isSet">Is the key, with its block, set by somebody, and no default?</param>
public sealed class LimitRules(ProcessLimits limits, Func<string, bool> isSet, List<string> faults)
{
    /// <summary>
    /// What a host has open besides its clients: some 170 at rest with two neighbours, connections that have not said Hello
    /// (<see cref="Gateway.GatewayOptions.StrangersMax"/>), connections of .NET clients and of a restart's old and new neighbours.
    /// </summary>
    public const int OwnDescriptors = 384;

    /// <summary>A local client's socket and what watches its process; a remote one's connections, one each way.</summary>
    public const int DescriptorsPerClient = 2;

    /// <summary>Some 60 at rest; the runtime's pool adds some under load.</summary>
    public const int OwnThreads = 128;

    /// <summary>A client's reader, and its writer while it does not take its answers.</summary>
    public const int ThreadsPerClient = 2;

    /// <summary>The runtime, Akka and the journal.</summary>
    public const long OwnBytes = 192L << 20;

    /// <summary>Table, map and messages on their way, for each byte of <c>memory-max</c>.</summary>
    public const int MemoryFactor = 3;

    /// <summary>Requests and answers.</summary>
    private const int Ways = 2;

    /// <summary>Of all memory, for what is on its way each way: where memory is short, a default takes no more than that.</summary>
    private const int TransitDivisor = 6;

    private const string ClientsMax = "checkpoint.gateway.clients-max";
    private const string SessionsMax = "checkpoint.sessions.sessions-max";
    private const string MemoryMax = "checkpoint.replication.memory-max";
    private const string NodeInFlight = "checkpoint.sessions.in-flight-node-max";
    private const string ClientInFlight = "checkpoint.sessions.in-flight-max";
    private const long MemoryMaxLowest = 16L << 20;
    private const long InFlightLowest = 1L << 20;

    private readonly List<SessionProtocol.LimitRow> _rows = [];

    /// <summary>The configuration as it can be carried out; nobody may use it while there are faults.</summary>
    public HostConfiguration Apply(HostConfiguration configuration)
    {
        var (options, node) = (configuration.Options, configuration.Node);
        var clients = ApplyToClients(options.Gateway.ClientsMax);
        var sessions = ApplyToTransit(node.Sessions);
        var memory = ApplyToMemory(node.Machine.BytesMax, sessions.NodeInFlightBytesMax);
        return configuration with
        {
            Options = options with { Gateway = options.Gateway with { ClientsMax = clients } },
            Node = node with
            {
                Machine = node.Machine with { BytesMax = memory },
                MapBytes = node.Machine.BytesMax, // The map's buckets are the same on all hosts, whatever each may hold.
                Sessions = sessions,
                Limits = _rows,
            },
        };
    }

    private int ApplyToClients(int configured)
    {
        var byDescriptors = ByDescriptors;
        var byThreads = new Bound($"{limits.Threads.Name} = {limits.Threads.Value}", Rest(limits.Threads.Value, OwnThreads) / ThreadsPerClient);
        var most = byDescriptors.Min(byThreads);
        return (int)Take(ClientsMax, configured, most, 1, most == byDescriptors
            ? DescriptorsWhy
            : $"{ThreadsPerClient} threads a client and {OwnThreads} for the host");
    }

    private SessionOptions ApplyToTransit(SessionOptions sessions)
    {
        var all = sessions.NodeInFlightBytesMax;
        if (!isSet(NodeInFlight)) // What somebody wants on its way leaves less for content.
        {
            var lowest = Ways * (isSet(ClientInFlight) ? sessions.InFlightBytesMax : InFlightLowest);
            var share = new Bound(MemoryName, Math.Max(limits.MemoryBytes.Value / TransitDivisor, lowest));
            all = Take(NodeInFlight, all, share, lowest, "a sixth of it is for what is on its way, each way");
        }

        return sessions with
        {
            NodeInFlightBytesMax = all,
            InFlightBytesMax = isSet(ClientInFlight) ? sessions.InFlightBytesMax : Math.Min(sessions.InFlightBytesMax, all / Ways),
            SessionsMax = (int)Take(SessionsMax, sessions.SessionsMax, ByDescriptors, 1, DescriptorsWhy),
        };
    }

    private long ApplyToMemory(long configured, long transit)
    {
        var rest = Rest(limits.MemoryBytes.Value, OwnBytes + (Ways * transit));
        return Take(MemoryMax, configured, new Bound(MemoryName, rest / MemoryFactor), MemoryMaxLowest,
            $"{MemoryFactor} bytes for each, {OwnBytes} for the host, {Ways} times {transit} for what is on its way");
    }

    private Bound ByDescriptors => new(
        $"{limits.Descriptors.Name} = {limits.Descriptors.Value}", Rest(limits.Descriptors.Value, OwnDescriptors) / DescriptorsPerClient);

    private static string DescriptorsWhy => $"{DescriptorsPerClient} descriptors a client and {OwnDescriptors} for the host";

    private string MemoryName => $"{limits.MemoryBytes.Name} = {limits.MemoryBytes.Value}";

    /// <param name="most">What the process may have for it.</param>
    /// <param name="why">How that follows from the limit.</param>
    private T Take<T>(string key, T configured, Bound most, T lowest, string why)
        where T : IBinaryInteger<T>
    {
        var wanted = long.CreateChecked(configured);
        var effective = wanted;
        if (wanted > most.Value)
        {
            effective = Math.Max(most.Value, long.CreateChecked(lowest));
            if (isSet(key))
                faults.Add($"{key} = {wanted}, must be at most {most.Value}: {most.Name} ({why})");
            else if (most.Value < effective)
                faults.Add($"{key} must be at least {effective}, and {most.Name} allows {most.Value} ({why})");
        }

        _rows.Add(new SessionProtocol.LimitRow(key, wanted, effective, most.Name));
        return T.CreateChecked(effective);
    }

    private static long Rest(long all, long taken) => Math.Max(0, all - taken);
}
