using Checkpoint.Actors.Configuration;
using Checkpoint.Protocol;

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

    /// <summary>The profile of the programs behind the C library that do not ask for strict, whatever they were built for.</summary>
    /// <value>Null: each has its own.</value>
    public Profile? Profile { get; init; }

    /// <summary>Connections that have not said Hello yet; one more costs the oldest its place, so idle ones keep nobody out.</summary>
    public const int StrangersMax = 128;

    /// <summary>Reads everything; what is wrong is noted in the reader's faults.</summary>
    public static GatewayOptions Read(OptionsReader reader, string socketPath) => new()
    {
        SocketPath = socketPath,
        ClientsMax = reader.Number("gateway.clients-max", 1, 10_000),
        HandshakeTimeout = reader.Duration("gateway.handshake-timeout", TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1)),
        Profile = reader.OneOf("gateway.profile", "", "strict", "opensaf", "openais") switch
        {
            "strict" => Checkpoint.Protocol.Profile.Strict,
            "opensaf" => Checkpoint.Protocol.Profile.OpenSaf,
            "openais" => Checkpoint.Protocol.Profile.OpenAis,
            _ => null,
        },
    };

    /// <summary>
    /// The profile that a client gets. Who asks for strict keeps it: that is asked for on purpose (the CLI always, a program by its
    /// environment), while opensaf and openais are what a library asks for by itself.
    /// </summary>
    public Profile ProfileFor(Profile asked) => asked == Checkpoint.Protocol.Profile.Strict ? asked : Profile ?? asked;
}
