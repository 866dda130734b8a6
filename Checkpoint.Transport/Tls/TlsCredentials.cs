using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Checkpoint.Transport.Tls;

/// <summary>What was read from the files of <see cref="TlsOptions"/> at one time.</summary>
public sealed class TlsCredentials
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly SslStreamCertificateContext _context;
    private readonly X509Certificate2Collection? _authorities;
    private readonly bool _checksHostName;

    private TlsCredentials(X509Certificate2 certificate, X509Certificate2Collection chain, X509Certificate2Collection? authorities, bool checksHostName)
    {
        (_authorities, _checksHostName) = (authorities, checksHostName);
        // Offline: certificates between ours and the authority come from the file, never from the network.
        _context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        Expires = new DateTimeOffset(certificate.NotAfter);
    }

    /// <summary>When the own certificate is no longer valid.</summary>
    public DateTimeOffset Expires { get; }

    /// <exception cref="TlsException">A file cannot be read, or holds something else; the message names it.</exception>
    public static TlsCredentials Load(TlsOptions options)
    {
        var (certificate, chain) = LoadOwn(options);
        if (!certificate.HasPrivateKey)
            throw new TlsException($"{options.Certificate} has no private key");
        return new TlsCredentials(certificate, chain, options.Authority.Length == 0 ? null : LoadAuthorities(options.Authority), options.ChecksHostName);
    }

    /// <param name="host">The name or address by which the server is reached.</param>
    internal SslClientAuthenticationOptions ForClient(string host) => new()
    {
        TargetHost = host.Trim('[', ']'),
        ClientCertificateContext = _context,
        CertificateChainPolicy = Policy(ServerUsage),
        RemoteCertificateValidationCallback = _checksHostName ? null : (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == 0,
    };

    internal SslServerAuthenticationOptions ForServer() => new()
    {
        ServerCertificateContext = _context,
        ClientCertificateRequired = true,
        CertificateChainPolicy = Policy(ClientUsage),
    };

    private X509ChainPolicy Policy(string usage)
    {
        // Online would ask the authority's server at each handshake.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.ApplicationPolicy.Add(new Oid(usage));
        if (_authorities is null)
            return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }

    private static (X509Certificate2 Own, X509Certificate2Collection Chain) LoadOwn(TlsOptions options) => Reading(options.Certificate, () =>
    {
        var content = File.ReadAllBytes(options.Certificate);
        var chain = new X509Certificate2Collection();
        if (!IsPem(content))
        {
            var all = X509CertificateLoader.LoadPkcs12Collection(content, options.Password);
            var own = all.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? throw new TlsException($"{options.Certificate} has no private key");
            chain.AddRange(all.Where(certificate => certificate != own).ToArray());
            return (own, chain);
        }

        chain.ImportFromPemFile(options.Certificate);
        if (chain.Count == 0)
            throw new TlsException($"{options.Certificate} has no certificate");
        chain.RemoveAt(0);
        var key = options.Key.Length > 0 ? options.Key : options.Certificate;
        return (Reading(key, () => options.Password.Length > 0
            ? X509Certificate2.CreateFromEncryptedPemFile(options.Certificate, options.Password, key)
            : X509Certificate2.CreateFromPemFile(options.Certificate, key)), chain);
    });

    private static X509Certificate2Collection LoadAuthorities(string file) => Reading(file, () =>
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new TlsException($"{file} has no certificate");
    });

    private static T Reading<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TlsException($"{file} cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static bool IsPem(ReadOnlySpan<byte> content) => content.IndexOf("-----BEGIN "u8) >= 0;
}
