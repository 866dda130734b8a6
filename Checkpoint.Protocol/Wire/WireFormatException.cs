namespace Checkpoint.Protocol;

/// <summary>Bytes that are no message of ours: too short, too long, or out of range. The peer that sent them is cut off.</summary>
public sealed class WireFormatException(string message) : Exception(message);
