using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>What follows from a step of <see cref="SessionState"/>; the actor does it, in order.</summary>
public abstract record SessionEffect
{
    public sealed record ToClient(SessionProtocol.IMessage Message) : SessionEffect;

    public sealed record ToAgent(ReplicaAgentProtocol.ICommand Command) : SessionEffect;

    public sealed record ToEntity(CheckpointCommand Command) : SessionEffect;

    /// <summary>An administration command: its answer comes back through <see cref="SessionState.Administered"/>.</summary>
    public sealed record Administer(ulong Number, SessionProtocol.Command Command, long Deadline) : SessionEffect;

    /// <summary>From now on the roll call names this open. Comes before the entity is asked.</summary>
    public sealed record Present(CheckpointName Name, SessionRegistryProtocol.OpenPresent Open) : SessionEffect;

    /// <summary>The roll call names it no longer.</summary>
    public sealed record Absent(CheckpointName Name, CheckpointProtocol.Opener Opener) : SessionEffect;

    /// <summary>Nothing is left to be done; the session ends.</summary>
    /// <param name="KeepsOpens">Its opens live on elsewhere: they are not to be closed from here.</param>
    public sealed record Finished(bool KeepsOpens = false) : SessionEffect;
}

/// <summary>The time of a step.</summary>
/// <param name="Monotonic">Nanoseconds of this host's monotonic clock.</param>
/// <param name="Wall">Nanoseconds since 1970 UTC.</param>
public readonly record struct SessionNow(long Monotonic, long Wall)
{
    /// <summary>A point of the monotonic clock; <see cref="AisTime.End"/> stays what it is.</summary>
    public long After(long nanoseconds) => Saturating.Add(Monotonic, nanoseconds);

    /// <summary>The same point on the wall clock, for another host.</summary>
    public long WallOf(long deadline) => deadline == AisTime.End ? AisTime.End : Saturating.Add(Wall, Saturating.Subtract(deadline, Monotonic));
}
