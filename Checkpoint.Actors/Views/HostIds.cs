using Akka.Actor;
using Akka.Cluster;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Views;

/// <summary>Between our hosts and Akka's members: the address as "host:port", and the uid of the run.</summary>
public static class HostIds
{
    public static HostId Of(UniqueAddress address) => new(Of(address.Address), address.Uid);

    public static string Of(Address address) => $"{address.Host}:{address.Port}";

    /// <summary>The full address of a host of the cluster that <paramref name="self"/> is in: same protocol, same system name.</summary>
    /// <exception cref="FormatException">The host's address is not "host:port".</exception>
    public static Address AddressOf(HostId host, Address self)
    {
        var colon = host.Address.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(host.Address.AsSpan(colon + 1), out var port))
            throw new FormatException($"'{host.Address}' is no host:port");
        return self.WithHost(host.Address[..colon]).WithPort(port);
    }
}
