using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Checkpoint.Host.Configuration;

/// <summary>
/// Whether a host's own certificate is one that hosts like it will accept. A host that starts with another one does not just stay alone: hosts
/// that try to reach it fail in the handshake, and Akka ends each host that this happens to.
/// </summary>
internal static class CertificateRules
{
    private static readonly Oid Server = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid Client = new("1.3.6.1.5.5.7.3.2");

    /// <param name="mustBeTrusted">False when the peers do not validate either.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? Fault(string file, string password, bool mustBeTrusted)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadPkcs12FromFile(file, password);
            if (!certificate.HasPrivateKey)
                return "has no private key";
            return mustBeTrusted ? Untrusted(certificate) : null;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return $"cannot be read: {e.Message}";
        }
    }

    private static string? Untrusted(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // As the peers' handshakes do.
        chain.ChainPolicy.ApplicationPolicy.Add(Server);
        chain.ChainPolicy.ApplicationPolicy.Add(Client);
        return chain.Build(certificate)
            ? null
            : $"is not valid on this machine: {string.Join(", ", chain.ChainStatus.Select(status => $"{status.Status} ({status.StatusInformation.TrimEnd()})"))}";
    }
}
