using Checkpoint.Host.Configuration;

namespace Checkpoint.Host.Gateway;

/// <summary>The local socket; checkpoint.reference.conf says why each default.</summary>
public sealed record GatewayOptions
{
    /// <value>An absolute path.</value>
    public required string SocketPath { get; init; }

    /// <value>Clients at a time, 1 to 10,000: each has a thread. Beyond it a client gets a Farewell with NO_RESOURCES.</value>
    public required int ClientsMax { get; init; }

    /// <summary>A connection that has not said Hello by then is cut off.</summary>
    /// <value>0.1 s to 1 m.</value>
    public required TimeSpan HandshakeTimeout { get; init; }

    /// <summary>Connections that have not said Hello yet; one more costs the oldest its place, so idle ones keep nobody out.</summary>
    public const int StrangersMax = 128;

    /// <summary>Reads everything; what is wrong is noted in the reader's faults.</summary>
    public static GatewayOptions Read(OptionsReader reader, string socketPath) => new()
    {
        SocketPath = socketPath,
        ClientsMax = reader.Number("gateway.clients-max", 1, 10_000),
        HandshakeTimeout = reader.Duration("gateway.handshake-timeout", TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1)),
    };
}
