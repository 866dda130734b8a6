using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// What a host's session registry (<c>/user/checkpoint/sessions</c> on every host) is asked by entities and other hosts. Openers are
/// derived from sessions, never counted blindly (design invariant 5).
/// </summary>
public static class SessionRegistryProtocol
{
    /// <summary>
    /// An entity that starts (or meets a new view) asks every host of the view which opens of its name it has, opens in flight included.
    /// Answered by <see cref="Present"/>. A lower <paramref name="Term"/> than one already seen for the name is not answered.
    /// </summary>
    public sealed record RollCall(CheckpointName Name, long Term, ulong Number);

    /// <param name="ViewNumber">The view in which this host answered.</param>
    public sealed record Present(CheckpointName Name, long Term, ulong Number, HostId Host, long ViewNumber, IReadOnlyList<OpenPresent> Opens);

    /// <param name="Incarnation">The default value for an open in flight: the session does not know yet which one it will be.</param>
    public sealed record OpenPresent(IncarnationId Incarnation, CheckpointProtocol.Opener Opener);
}
