using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;

namespace Checkpoint.Host.Network;

/// <summary>
/// Akka's TCP transport with a limit on the connections that others make to it. Without one, whoever reaches the port takes the process's
/// descriptors, and a runtime that gets none for a new thread ends the process. Named in host.conf as Akka's transport class.
/// </summary>
public sealed class BoundedTransport : Transport
{
    private const string Wrapped = "Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote";

    private readonly Transport _tcp;
    private readonly InboundDoor _door;

    /// <summary>As Akka makes transports; the limit comes with the system's setup.</summary>
    public BoundedTransport(ActorSystem system, Config config)
    {
        _tcp = (Transport)Activator.CreateInstance(Type.GetType(Wrapped, throwOnError: true)!, system, config)!;
        _door = new InboundDoor(
            system.Settings.Setup.Get<InboundLimitSetup>().Value.ConnectionsMax, Akka.Event.Logging.GetLogger(system, typeof(BoundedTransport)));
        (System, Config, SchemeIdentifier) = (system, config, _tcp.SchemeIdentifier);
    }

    public override long MaximumPayloadBytes => _tcp.MaximumPayloadBytes;

    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        var (address, inner) = await _tcp.Listen();
        var outer = new TaskCompletionSource<IAssociationEventListener>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = OpenAsync(outer.Task, inner);
        return (address, outer);
    }

    public override bool IsResponsibleFor(Address remote) => _tcp.IsResponsibleFor(remote);

    public override Task<AssociationHandle> Associate(Address remoteAddress) => _tcp.Associate(remoteAddress);

    public override Task<bool> Shutdown() => _tcp.Shutdown();

    public override Task<bool> ManagementCommand(object message) => _tcp.ManagementCommand(message);

    private async Task OpenAsync(Task<IAssociationEventListener> upstream, TaskCompletionSource<IAssociationEventListener> downstream)
    {
        _door.Upstream = await upstream;
        downstream.SetResult(_door);
    }
}

/// <param name="ConnectionsMax">Of connections that have sent a message; see <see cref="InboundDoor"/>.</param>
public sealed class InboundLimitSetup(int connectionsMax) : Setup
{
    /// <summary>Hosts of one cluster, their old connections after a restart included.</summary>
    public const int HostsMax = 64;

    public int ConnectionsMax { get; } = connectionsMax;
}
