namespace Checkpoint.Transport.Tls;

/// <summary>Certificates or keys that nothing can be done with. The message names the file.</summary>
public sealed class TlsException(string message, Exception? inner = null) : Exception(message, inner);
