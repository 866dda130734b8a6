using Checkpoint.Actors.Content;

namespace Checkpoint.Actors.Replication;

/// <summary>What one element of a read found. The section is immutable: its bytes can be taken whenever it suits.</summary>
public readonly record struct FoundBytes(Section Section, long Offset, int Length);
