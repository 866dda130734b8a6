namespace Checkpoint.Transport.Tls;

/// <summary>The credentials of new connections. Those that are open keep what they began with.</summary>
public sealed class TlsSource(TlsOptions options)
{
    private TlsCredentials _current = TlsCredentials.Load(options);

    public TlsCredentials Current => Volatile.Read(ref _current);

    /// <summary>Reads the files again.</summary>
    /// <exception cref="TlsException">They are not used; the credentials before them stay.</exception>
    public void Reload() => Volatile.Write(ref _current, TlsCredentials.Load(options));
}
