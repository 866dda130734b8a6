namespace Checkpoint.Protocol;

/// <summary>SaCkptCheckpointDescriptorT: what StatusGet answers (ais-ckpt 2.2).</summary>
/// <param name="Attributes">As at creation, but with the <em>current</em> retention duration.</param>
/// <param name="SectionCount">The default section counts.</param>
/// <param name="MemoryUsed">Bytes: the sum of the section sizes.</param>
public sealed record CheckpointDescriptor(CreationAttributes Attributes, int SectionCount, long MemoryUsed);
