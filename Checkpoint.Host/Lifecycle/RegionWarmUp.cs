using Akka.Actor;
using Checkpoint.Actors;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;

namespace Checkpoint.Host.Lifecycle;

/// <summary>
/// One question to an entity, through sharding: the region finds its coordinator, a shard gets its home, an entity starts and recovers.
/// All that costs seconds the first time, which no client's open should wait for.
/// </summary>
public static class RegionWarmUp
{
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(2);

    /// <returns>Ends when an entity has answered.</returns>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async Task RunAsync(NodeServices node, CancellationToken cancel)
    {
        var name = new CheckpointName($"safCkpt=warm-up-{node.NodeName}"); // Nobody's: the answer is NOT_EXIST, and the entity ends itself.
        for (var number = 1UL; ; number++)
        {
            var deadline = AisTime.FromUtc(node.Clock.GetUtcNow() + OneTry);
            try
            {
                await node.Checkpoints.Ask<CheckpointProtocol.IReply>(new CheckpointProtocol.Describe(name, number, deadline), OneTry, cancel);
                return;
            }
            catch (AskTimeoutException)
            {
                // The coordinator may still be on its way; the caller's limit ends this.
            }
        }
    }
}
