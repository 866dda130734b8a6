using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Checkpoint.Tests.Processes;

/// <summary>A certificate authority of a test, and the certificates that it issues for 127.0.0.1, as files.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    private readonly string _directory;
    private readonly X509Certificate2 _certificate;

    /// <param name="directory">Where the files go; it exists.</param>
    /// <param name="name">Also of its file.</param>
    public TestAuthority(string directory, string name)
    {
        _directory = directory;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now - Margin, now + Margin);
        PemFile = Path.Combine(directory, $"{name}.pem");
        File.WriteAllText(PemFile, _certificate.ExportCertificatePem());
    }

    /// <summary>The authority's own certificate.</summary>
    public string PemFile { get; }

    /// <returns>A PKCS#12 file with a key and the certificate for it, without a password.</returns>
    public string Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false)); // Server and client.
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(_certificate, _certificate.NotBefore, _certificate.NotAfter, RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        var file = Path.Combine(_directory, $"{name}.p12");
        File.WriteAllBytes(file, whole.Export(X509ContentType.Pkcs12));
        return file;
    }

    public void Dispose() => _certificate.Dispose();
}
