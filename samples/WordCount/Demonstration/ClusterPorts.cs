using System.Net;
using System.Net.Sockets;

namespace WordCount.Demonstration;

/// <summary>Free loopback ports, one a host; a host keeps its port over restarts.</summary>
public sealed class ClusterPorts
{
    private readonly int[] _ports;

    public ClusterPorts(int count)
    {
        // Held open together, so that they differ.
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        _ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        listeners.ForEach(listener => listener.Dispose());
    }

    public IReadOnlyList<int> All => _ports;

    public int this[int index] => _ports[index];
}
