using Checkpoint.Protocol;

namespace Checkpoint.Client;

/// <summary>A call of the Checkpoint Service that did not end in SA_AIS_OK.</summary>
public sealed class CheckpointException : Exception
{
    public CheckpointException(AisStatus status, string? reason, int erroneousIndex = -1)
        : base(string.IsNullOrEmpty(reason) ? status.ToString() : $"{status}: {reason}")
    {
        Status = status;
        Reason = reason ?? "";
        ErroneousIndex = erroneousIndex;
    }

    /// <summary>What callers branch on. <see cref="AisStatus.Timeout"/>: it may have been done, once; <see cref="AisStatus.TryAgain"/>: it was not.</summary>
    public AisStatus Status { get; }

    /// <summary>What an operator reads: what was refused, with the value and the limit. Empty when the service gave none.</summary>
    public string Reason { get; }

    /// <value>The first bad element of a vector read or write, or -1.</value>
    public int ErroneousIndex { get; }
}
