using Akka.Actor;
using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>What a connection is made of.</summary>
/// <param name="Contacts">Receptionists to begin with.</param>
/// <param name="Told">Hears of every change of status, in order, on the actor's thread.</param>
internal sealed record ConnectionSetup(
    SessionProtocol.Hello Hello,
    IReadOnlyList<ActorPath> Contacts,
    ConnectionTimes Times,
    int WaitingCallsMax,
    long AnswerBytesMax,
    TimeProvider Clock,
    Action<ConnectionChangedEventArgs> Told)
{
    /// <summary>Why there is no connection, as the actor heard it last: read by who waits for one.</summary>
    public Trouble Trouble { get; } = new();

    /// <summary>Nanoseconds of the monotonic clock.</summary>
    public long Now() => (long)((Int128)Clock.GetTimestamp() * AisTime.NanosecondsPerSecond / Clock.TimestampFrequency);
}
