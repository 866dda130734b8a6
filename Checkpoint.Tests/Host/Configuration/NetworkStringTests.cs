namespace Checkpoint.Tests.Host.Configuration;

/// <summary>Addresses, ports and seeds that can never work.</summary>
public sealed class NetworkStringTests
{
    private const string Tcp = "akka.remote.dot-netty.tcp";
    private const string Seeds = "akka.cluster.seed-nodes";

    [Theory(DisplayName = "An address or port that can never be one is refused by its key")]
    [InlineData("hostname = \"a b\"", "hostname = a b, must be a host name or an IP address")]
    [InlineData("hostname = \"127.0.0.1:4711\"", "hostname = 127.0.0.1:4711, must be a host name")]
    [InlineData("hostname = \"http://localhost\"", "hostname = http://localhost, must be a host name")]
    [InlineData("hostname = \"-x\"", "hostname = -x, must be a host name")]
    [InlineData("hostname = \"x..y\"", "hostname = x..y, must be a host name")]
    [InlineData("hostname = \"256.0.0.1\"", "hostname = 256.0.0.1, must be a host name")]
    [InlineData("hostname = 4711", "hostname = 4711, must be a host name")]
    [InlineData("hostname = [a]", "hostname must be a single value")]
    [InlineData("hostname = \"0.0.0.0\"\ncheckpoint.insecure-network = on", "hostname is no address that others can reach: set public-hostname")]
    [InlineData("public-hostname = \"x y\"", "public-hostname = x y, must be a host name")]
    [InlineData("port = 65536", "port = 65536, must be a whole number within 0 and 65535")]
    [InlineData("port = -1", "port = -1, must be a whole number within 0 and 65535")]
    [InlineData("port = abc", "port = abc, must be a")]
    [InlineData("port = \"\"", "port = , must be a")]
    [InlineData("public-port = 70000", "public-port = 70000, must be a whole number within 0 and 65535")]
    [InlineData("enable-ssl = on", "ssl.certificate.path must be set with enable-ssl = true")]
    public void Addresses(string hocon, string fault) =>
        Assert.Contains(NodeText.FaultsWith($"{Tcp}.{hocon}"), actual => actual.StartsWith($"{Tcp}.{fault}", StringComparison.Ordinal));

    [Theory(DisplayName = "An address that a host can have is taken")]
    [InlineData("hostname = localhost")]
    [InlineData("hostname = \"::1\"")]
    [InlineData("hostname = \"ckpt-a_1.example\"\ncheckpoint.insecure-network = on")]
    [InlineData("hostname = \"0.0.0.0\"\nakka.remote.dot-netty.tcp.public-hostname = \"192.0.2.1\"\ncheckpoint.insecure-network = on")]
    [InlineData("port = 0")]
    public void Right(string hocon) => Assert.Empty(NodeText.FaultsWith($"{Tcp}.{hocon}"));

    [Theory(DisplayName = "A seed that can never be joined is refused by its text")]
    [InlineData("[\"akka.tcp://checkpoint@127.0.0.1:0\"]", ": akka.tcp://checkpoint@127.0.0.1:0 is not an address like akka.tcp://checkpoint@host:port")]
    [InlineData("[\"akka.tcp://checkpoint@127.0.0.1:70000\"]", ": akka.tcp://checkpoint@127.0.0.1:70000 is not an address")]
    [InlineData("[\"akka.tcp://checkpoint@127.0.0.1\"]", ": akka.tcp://checkpoint@127.0.0.1 is not an address")]
    [InlineData("[\"127.0.0.1:4711\"]", ": 127.0.0.1:4711 is not an address")]
    [InlineData("[\"akka.tcp://checkpoint@a_b-.x:4711\"]", ": akka.tcp://checkpoint@a_b-.x:4711 is not an address")]
    [InlineData("[\"\"]", ":  is not an address")]
    [InlineData("[\"akka.ssl.tcp://checkpoint@127.0.0.1:4711\"]", ": akka.ssl.tcp://checkpoint@127.0.0.1:4711 must begin with akka.tcp://")]
    [InlineData("[\"akka.tcp://checkpoint@0.0.0.0:4711\"]", ": akka.tcp://checkpoint@0.0.0.0:4711 is no address that a host can be reached at")]
    [InlineData("[\"akka.tcp://Checkpoint@127.0.0.1:4711\"]", ": akka.tcp://Checkpoint@127.0.0.1:4711 must name the system checkpoint")]
    [InlineData("\"akka.tcp://checkpoint@127.0.0.1:4711\"", " must be a list")]
    [InlineData("[]", " must name at least one host")]
    public void Bad_seeds(string value, string fault) =>
        Assert.StartsWith($"{Seeds}{fault}", Assert.Single(NodeText.FaultsWith($"{Seeds} = {value}")), StringComparison.Ordinal);
}
