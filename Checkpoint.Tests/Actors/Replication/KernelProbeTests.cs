using System.Net;
using System.Net.Sockets;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Actors.Replication;

public sealed class KernelProbeTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    [Fact(DisplayName = "A host of this machine whose port nobody listens on is known dead; one that listens is not, even if it accepts nothing")]
    public async Task Refused_is_dead()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(1);
        var host = new HostId(listener.LocalEndpoint.ToString()!, 1);
        Assert.False(await KernelProbe.IsKnownDeadAsync(host, Timeout, TimeProvider.System));

        listener.Stop();
        Assert.True(await KernelProbe.IsKnownDeadAsync(host, Timeout, TimeProvider.System));
        Assert.True(await KernelProbe.IsKnownDeadAsync(new HostId(host.Address.Replace("127.0.0.1", "localhost"), 1), Timeout, TimeProvider.System));
    }

    [Theory(DisplayName = "Of a host on another machine, or one without an address, this kernel knows nothing")]
    [InlineData("192.0.2.1:4711")]
    [InlineData("ckpt-a.example:4711")]
    [InlineData("nowhere")]
    public async Task Elsewhere_is_unknown(string address) =>
        Assert.False(await KernelProbe.IsKnownDeadAsync(new HostId(address, 1), TimeSpan.FromMilliseconds(200), TimeProvider.System));
}
