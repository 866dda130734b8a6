using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>The connection's times, in nanoseconds.</summary>
/// <param name="JoinTimeout">One attempt to join, at most.</param>
/// <param name="SilenceMax">Silence of a host after which it counts as lost; the host's own limit holds where it is lower.</param>
internal sealed record ConnectionTimes(long JoinTimeout, long SilenceMax)
{
    /// <summary>The first attempt to join; each further one may take twice as long.</summary>
    public const long FirstJoinTimeout = 500 * AisTime.NanosecondsPerMillisecond;

    /// <summary>Between a refused attempt to attach a handle, or to track, and the next.</summary>
    public const long RetryPause = 100 * AisTime.NanosecondsPerMillisecond;

    /// <summary>
    /// Given to a request of the connection itself; without an answer by then it is made again. Short: right after a host's death an attach may
    /// go to where the checkpoint's entity was, and be lost there.
    /// </summary>
    public const long OwnRequestTimeout = 1500 * AisTime.NanosecondsPerMillisecond;

    /// <summary>How long a host that said farewell may go on answering what it already has.</summary>
    public const long LeaveTimeout = 2 * AisTime.NanosecondsPerSecond;

    /// <summary>A host that answers UNAVAILABLE is left, but only after this long, so that a cluster that serves nobody is not stormed.</summary>
    public const long UnavailablePatience = 1 * AisTime.NanosecondsPerSecond;
}
