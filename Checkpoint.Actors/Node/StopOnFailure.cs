using Akka.Actor;

namespace Checkpoint.Actors.Node;

/// <summary>
/// The strategy for everything directly below /user: stop, so that whoever watches learns of it. The Replicator above all: restarted,
/// it is empty and looks healthy (design section 5).
/// </summary>
public sealed class StopOnFailure : SupervisorStrategyConfigurator
{
    public override SupervisorStrategy Create() => new OneForOneStrategy(_ => Directive.Stop);
}
