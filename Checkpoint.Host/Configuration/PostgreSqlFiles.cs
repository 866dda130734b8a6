using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace Checkpoint.Host.Configuration;

/// <summary>The files that a PostgreSQL connection string names: they are read with each connection, long after the start.</summary>
internal static class PostgreSqlFiles
{
    /// <returns>What is wrong with them, each with its keyword and path.</returns>
    public static IEnumerable<string> Faults(NpgsqlConnectionStringBuilder builder)
    {
        var faults = Named(builder).Where(pair => !File.Exists(pair.File)).Select(pair => $"has {pair.Keyword} = {pair.File}, there is no such file").ToList();
        if (faults.Count > 0 || builder.SslMode == SslMode.Disable)
            return faults;
        if (builder.RootCertificate is { Length: > 0 } root && RootFault(root) is { } rootFault)
            faults.Add($"has Root Certificate = {root}, which is no certificate: {rootFault}");
        if (builder.SslCertificate is { Length: > 0 } own && OwnFault(own, builder) is { } ownFault)
            faults.Add($"has SSL Certificate = {own}, which cannot be used: {ownFault}");
        return faults;
    }

    private static IEnumerable<(string Keyword, string File)> Named(NpgsqlConnectionStringBuilder builder) =>
        new (string Keyword, string? File)[]
        {
            ("Root Certificate", builder.RootCertificate),
            ("SSL Certificate", builder.SslCertificate),
            ("SSL Key", builder.SslKey),
            ("Passfile", builder.Passfile),
        }.Where(pair => !string.IsNullOrEmpty(pair.File)).Select(pair => (pair.Keyword, pair.File!));

    private static string? RootFault(string file) => FaultOf(() =>
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        if (authorities.Count == 0)
            X509CertificateLoader.LoadCertificateFromFile(file).Dispose();
    });

    /// <summary>As Npgsql reads it: a .pfx is PKCS#12, anything else PEM, with the key beside it or in it.</summary>
    private static string? OwnFault(string file, NpgsqlConnectionStringBuilder builder) => FaultOf(() =>
    {
        var password = builder.SslPassword;
        if (Path.GetExtension(file).Equals(".pfx", StringComparison.OrdinalIgnoreCase))
            X509CertificateLoader.LoadPkcs12FromFile(file, password).Dispose();
        else if (string.IsNullOrEmpty(builder.SslKey) && IsKeyElsewhere)
            X509CertificateLoader.LoadCertificateFromFile(file).Dispose();
        else if (string.IsNullOrEmpty(password))
            X509Certificate2.CreateFromPemFile(file, builder.SslKey).Dispose();
        else
            X509Certificate2.CreateFromEncryptedPemFile(file, password, builder.SslKey).Dispose();
    });

    /// <summary>Npgsql takes the key from there when the string names none.</summary>
    private static bool IsKeyElsewhere => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PGSSLKEY"))
        || File.Exists(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".postgresql", "postgresql.key"));

    private static string? FaultOf(Action load)
    {
        try
        {
            load();
            return null;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return e.Message.ReplaceLineEndings(" ");
        }
    }
}
