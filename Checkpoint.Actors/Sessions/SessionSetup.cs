using Akka.Actor;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>What all sessions of a host have in common.</summary>
/// <param name="Journal">For <c>status</c>: the kind of journal.</param>
public sealed record SessionSettings(SessionOptions Limits, string Journal, FaultSwitch Faults)
{
    /// <summary>For <c>status</c>: what was compared with what the process may have.</summary>
    public IReadOnlyList<SessionProtocol.LimitRow> NodeLimits { get; init; } = [];
}

/// <summary>What one session is started with.</summary>
/// <param name="Link">The local client's; null for a cluster client, which is whoever sends the first message.</param>
/// <param name="Welcome">What the local client is greeted with; a cluster client gets it from the door.</param>
public sealed record SessionSetup(
    NodeServices Node,
    SessionSettings Settings,
    OpenerDirectory Openers,
    SessionId Id,
    ProfileRules Rules,
    IClientLink? Link,
    SessionProtocol.Welcome? Welcome,
    IActorRef Registry);
