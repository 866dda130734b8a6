namespace Checkpoint.Protocol;

/// <summary>What came of a <see cref="ContentOp"/> or a read.</summary>
/// <param name="Status">What callers branch on.</param>
/// <param name="Reason">What an operator reads, with the limit and the value; null when Ok.</param>
/// <param name="ErroneousIndex">The first bad element of a vector, or -1.</param>
/// <param name="GeneratedId">The id of a created section that asked for a generated one.</param>
public sealed record ContentResult(AisStatus Status, string? Reason = null, int ErroneousIndex = -1, SectionId GeneratedId = default)
{
    public static readonly ContentResult Ok = new(AisStatus.Ok);
}

/// <summary>What a vector read delivers: one buffer an element, all of one sequence.</summary>
public sealed record ReadResult(AisStatus Status, IReadOnlyList<ReadOnlyMemory<byte>> Data, string? Reason = null, int ErroneousIndex = -1)
{
    public static ReadResult Refused(AisStatus status, string reason, int index = -1) => new(status, [], reason, index);
}
