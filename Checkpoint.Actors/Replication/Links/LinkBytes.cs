namespace Checkpoint.Actors.Replication.Links;

/// <summary>
/// An encoded frame on its way between two agents. Encoded and decoded by the agents, not by the remoting's threads: an update for
/// several hosts is then encoded once, and bad bytes are dropped where they can be counted.
/// </summary>
/// <param name="Bytes">Not written to by anyone.</param>
public sealed record LinkBytes(byte[] Bytes);
