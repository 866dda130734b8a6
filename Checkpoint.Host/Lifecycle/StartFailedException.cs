namespace Checkpoint.Host.Lifecycle;

/// <summary>The host cannot become ready; the message says what is missing, in one line for the operator.</summary>
public sealed class StartFailedException(string message, Exception? inner = null) : Exception(message, inner);
