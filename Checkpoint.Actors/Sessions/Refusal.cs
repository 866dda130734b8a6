using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>Why a request is answered without anybody being asked.</summary>
/// <param name="Reason">With the limit and the value.</param>
/// <param name="ErroneousIndex">The first bad element of a vector, or -1.</param>
public sealed record Refusal(AisStatus Status, string Reason, int ErroneousIndex = -1)
{
    public static Refusal Invalid(string reason, int index = -1) => new(AisStatus.InvalidParam, reason, index);
}
