namespace Checkpoint.Actors.Content;

/// <summary>
/// Updates came in another order than the one that all hosts share. No fault of one checkpoint's content but of the host, which ends of it:
/// whatever else it holds may be wrong as well.
/// </summary>
public sealed class BrokenOrderException(string message) : InvalidOperationException(message);
