using Checkpoint.Actors.Sessions;
using Checkpoint.Host.Gateway;

namespace Checkpoint.Tests.Cluster;

/// <summary>Sockets of <see cref="TestHost"/>s, each under a name.</summary>
internal sealed class TestGateways : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ckpt");
    private readonly List<GatewayServer> _gateways = [];

    /// <param name="answersDirectly">Whether what the host alone decides is answered where it arrives; else Sessions answer everything.</param>
    public void Start(string name, TestHost host, bool answersDirectly = true) => _gateways.Add(GatewayServer.Start(
        new GatewayOptions { SocketPath = PathOf(name), ClientsMax = 8, HandshakeTimeout = TimeSpan.FromSeconds(10) },
        SessionOptions.Defaults,
        host.Node.Services.Sessions,
        answersDirectly ? host.Node.Services.Machine : null,
        TimeProvider.System,
        host.System.Log));

    public string PathOf(string name) => Path.Combine(_directory.FullName, $"{name}.sock");

    public void Dispose()
    {
        _gateways.ForEach(gateway => gateway.Dispose());
        _directory.Delete(recursive: true);
    }
}
