namespace Checkpoint.Transport.Tls;

/// <summary>Mutual TLS: each side shows a certificate and judges the other's.</summary>
public sealed record TlsOptions
{
    /// <summary>A file: PEM (own certificate first, then those between it and the authority) or PKCS#12.</summary>
    public required string Certificate { get; init; }

    /// <summary>PEM file of the private key; empty: it stands in <see cref="Certificate"/>.</summary>
    public string Key { get; init; } = "";

    /// <summary>Of the PKCS#12 file or the key's PEM; empty: none.</summary>
    public string Password { get; init; } = "";

    /// <summary>PEM file of the authorities that are trusted, and no others; empty: those of the system.</summary>
    public string Authority { get; init; } = "";

    /// <summary>The certificate of who is connected to must be issued for the name or address that it was reached by.</summary>
    public bool ChecksHostName { get; init; } = true;
}
