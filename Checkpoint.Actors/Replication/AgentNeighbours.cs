using Akka.Actor;

namespace Checkpoint.Actors.Replication;

/// <param name="Views">The host's <see cref="Views.ViewJournal"/>.</param>
/// <param name="Map">The host's section map.</param>
public sealed record AgentNeighbours(IActorRef Views, IActorRef Map);
