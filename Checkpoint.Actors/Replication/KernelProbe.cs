using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// What this machine's kernel knows of a host on this machine: a refused connect to its remoting port means that no process listens
/// there, and a host listens until its actors have stopped. A host that hangs or is stopped still has its socket, so it is not taken
/// for dead. Of hosts on other machines this kernel knows nothing.
/// </summary>
public static class KernelProbe
{
    /// <returns>True: the host is on this machine and known dead. False: alive, elsewhere, or not known.</returns>
    public static async Task<bool> IsKnownDeadAsync(HostId host, TimeSpan timeout, TimeProvider clock)
    {
        if (AddressOf(host) is not { } endpoint || !IsOnThisMachine(endpoint.Address))
            return false;

        using var late = new CancellationTokenSource(timeout, clock);
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, late.Token);
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false; // A full backlog, no route: not knowledge.
        }
    }

    private static IPEndPoint? AddressOf(HostId host)
    {
        if (IPEndPoint.TryParse(host.Address, out var endpoint))
            return endpoint;
        var colon = host.Address.LastIndexOf(':');
        return colon > 0 && host.Address[..colon] == "localhost" && int.TryParse(host.Address.AsSpan(colon + 1), out var port)
            ? new IPEndPoint(IPAddress.Loopback, port)
            : null;
    }

    private static bool IsOnThisMachine(IPAddress address) =>
        IPAddress.IsLoopback(address)
        || NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Any(own => own.Address.Equals(address));
}
