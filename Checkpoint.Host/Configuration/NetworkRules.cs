using System.Net;
using Akka.Actor;
using Akka.Configuration;
using Checkpoint.Actors.Configuration;
using Checkpoint.Protocol;

namespace Checkpoint.Host.Configuration;

/// <summary>What a host may listen on and whom it may join; read from the <c>akka</c> block.</summary>
public static class NetworkRules
{
    private const string Transport = "akka.remote.dot-netty.tcp";
    public const string Seeds = "akka.cluster.seed-nodes";

    /// <param name="config">The node's own; it has no defaults for what makes it this node.</param>
    public static void Check(Config config, HostOptions options, List<string> faults)
    {
        var reader = new OptionsReader(config, faults, Transport);
        var tls = IsOn(reader, "enable-ssl", false);
        CheckAddresses(reader, options, tls);
        if (tls)
            CheckCertificate(reader);
        CheckSeeds(config, options, tls, faults);
    }

    /// <summary>Akka binds to hostname and port; public-hostname and public-port, when set, are what the others are told.</summary>
    private static void CheckAddresses(OptionsReader reader, HostOptions options, bool tls)
    {
        var hostname = reader.Text("hostname");
        var announced = reader.Text("public-hostname");
        if (hostname.Length == 0)
            reader.Fault("hostname", "must be set: it is part of the host's identity");
        foreach (var (key, name) in new[] { ("hostname", hostname), ("public-hostname", announced) }.Where(pair => pair.Item2.Length > 0))
            CheckAddress(reader, key, name, options, tls);
        if (IsAny(announced.Length > 0 ? announced : hostname))
            reader.Fault(announced.Length > 0 ? "public-hostname" : "hostname", "is no address that others can reach: set public-hostname to one");

        reader.Number("port", 0, ushort.MaxValue);
        if (reader.Text("public-port").Length > 0)
            reader.Number("public-port", 0, ushort.MaxValue);
    }

    private static void CheckAddress(OptionsReader reader, string key, string name, HostOptions options, bool tls)
    {
        var isMutual = tls && IsOn(reader, "ssl.require-mutual-authentication", true) && !IsOn(reader, "ssl.suppress-validation", false);
        if (!HostNames.IsHostName(name))
            reader.Fault(key, $"= {name}, must be a host name or an IP address");
        else if (!IsLoopback(name) && !isMutual && !options.InsecureNetwork)
        {
            reader.Fault(key, $"= {name}, is not a loopback address, which needs mutual TLS (enable-ssl = true with "
                + "ssl.require-mutual-authentication = true and ssl.suppress-validation = false) or checkpoint.insecure-network = on");
        }
    }

    private static void CheckCertificate(OptionsReader reader)
    {
        const string Key = "ssl.certificate.path";
        if (IsOn(reader, "ssl.certificate.use-thumbprint-over-file", false))
        {
            reader.Required("ssl.certificate.thumbprint");
            return;
        }

        var path = reader.Text(Key);
        if (path.Length == 0)
            reader.Fault(Key, "must be set with enable-ssl = true");
        else if (!File.Exists(path))
            reader.Fault(Key, $"= {path}, there is no such file");
        else if (CertificateRules.Fault(path, reader.Text("ssl.certificate.password"), !IsOn(reader, "ssl.suppress-validation", false)) is { } fault)
            reader.Fault(Key, $"= {path}, {fault}");
    }

    private static void CheckSeeds(Config config, HostOptions options, bool tls, List<string> faults)
    {
        if (faults.Any(fault => fault.StartsWith($"{Seeds} ", StringComparison.Ordinal)))
            return; // Not even a list.

        var scheme = tls ? "akka.ssl.tcp" : "akka.tcp";
        var seeds = config.GetStringList(Seeds, []);
        if (seeds.Count == 0)
            faults.Add($"{Seeds} must name at least one host");
        foreach (var seed in seeds)
        {
            if (!ActorPath.TryParseAddress(seed, out var address) || !HostNames.IsHostName(address.Host ?? "") || address.Port is not (> 0 and <= ushort.MaxValue))
                faults.Add($"{Seeds}: {seed} is not an address like {scheme}://{HostConfiguration.SystemName}@host:port");
            else if (address.System != HostConfiguration.SystemName)
                faults.Add($"{Seeds}: {seed} must name the system {HostConfiguration.SystemName}");
            else if (address.Protocol != scheme)
                faults.Add($"{Seeds}: {seed} must begin with {scheme}:// when {Transport}.enable-ssl is {(tls ? "on" : "off")}");
            else if (IsAny(address.Host!))
                faults.Add($"{Seeds}: {seed} is no address that a host can be reached at");
            else if (options.Journal.IsSqlite && !IsLoopback(address.Host!))
                faults.Add($"{Seeds}: {seed} is on another machine, which cannot share a SQLite journal: set checkpoint.journal.kind = postgresql");
        }
    }

    /// <summary>As Akka reads a switch; whether it is one was checked with all other values.</summary>
    private static bool IsOn(OptionsReader reader, string key, bool standard) =>
        reader.Text(key) is { Length: > 0 } text ? text is "on" or "true" or "yes" : standard;

    private static bool IsAny(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
