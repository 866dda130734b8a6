namespace Checkpoint.Client.Connection;

/// <summary>A message of a session that has its bytes already: measured before it was sent, so not encoded a second time.</summary>
internal sealed record EncodedMessage(string Manifest, byte[] Bytes);
