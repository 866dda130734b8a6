using System.Net;
using Akka.Actor;
using Akka.Configuration;

namespace Checkpoint.Host.Configuration;

/// <summary>What a host may listen on and whom it may join; read from the <c>akka</c> block.</summary>
public static class NetworkRules
{
    private const string Transport = "akka.remote.dot-netty.tcp";
    public const string Seeds = "akka.cluster.seed-nodes";

    public static void Check(Config config, HostOptions options, List<string> faults)
    {
        var tls = config.GetBoolean($"{Transport}.enable-ssl", false);
        CheckAddress(config, options, tls, faults);
        CheckCertificate(config, tls, faults);
        CheckSeeds(config, options, faults);
    }

    private static void CheckAddress(Config config, HostOptions options, bool tls, List<string> faults)
    {
        var hostname = config.GetString($"{Transport}.hostname", "");
        if (hostname.Length == 0)
            faults.Add($"{Transport}.hostname must be set: it is part of the host's identity");

        var bind = config.GetString($"{Transport}.bind-hostname", "");
        var mutualTls = tls
            && config.GetBoolean($"{Transport}.ssl.require-mutual-authentication", true)
            && !config.GetBoolean($"{Transport}.ssl.suppress-validation", false);
        foreach (var address in new[] { hostname, bind }.Where(a => a.Length > 0 && !IsLoopback(a)))
        {
            if (!mutualTls && !options.InsecureNetwork)
            {
                faults.Add($"{Transport}: {address} is not a loopback address, which needs mutual TLS (enable-ssl = true with "
                    + "ssl.require-mutual-authentication = true and ssl.suppress-validation = false) or checkpoint.insecure-network = on");
            }
        }

        var port = config.GetString($"{Transport}.port", "");
        if (!ushort.TryParse(port, out _))
            faults.Add($"{Transport}.port = {port}, must be within 0 and 65535");
    }

    private static void CheckCertificate(Config config, bool tls, List<string> faults)
    {
        var path = config.GetString($"{Transport}.ssl.certificate.path", "");
        if (!tls || path.Length == 0)
            return;
        if (!File.Exists(path))
            faults.Add($"{Transport}.ssl.certificate.path = {path}, there is no such file");
        else if (CertificateRules.Fault(
            path, config.GetString($"{Transport}.ssl.certificate.password", ""), !config.GetBoolean($"{Transport}.ssl.suppress-validation", false)) is { } fault)
            faults.Add($"{Transport}.ssl.certificate.path = {path}, {fault}");
    }

    private static void CheckSeeds(Config config, HostOptions options, List<string> faults)
    {
        var seeds = config.GetStringList(Seeds, []);
        if (seeds.Count == 0)
            faults.Add($"{Seeds} must name at least one host");

        foreach (var seed in seeds)
        {
            if (!ActorPath.TryParseAddress(seed, out var address) || address.Host is null || address.Port is null)
                faults.Add($"{Seeds}: {seed} is not an address like akka.tcp://{HostConfiguration.SystemName}@host:port");
            else if (address.System != HostConfiguration.SystemName)
                faults.Add($"{Seeds}: {seed} must name the system {HostConfiguration.SystemName}");
            else if (options.Journal.IsSqlite && !IsLoopback(address.Host))
                faults.Add($"{Seeds}: {seed} is on another machine, which cannot share a SQLite journal: set checkpoint.journal.kind = postgresql");
        }
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
