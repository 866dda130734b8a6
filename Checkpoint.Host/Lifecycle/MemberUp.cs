using Akka.Actor;
using Akka.Cluster;

namespace Checkpoint.Host.Lifecycle;

/// <summary>Waiting for the own membership.</summary>
public static class MemberUp
{
    /// <returns>Ends when this host is Up; is cancelled when it never will be.</returns>
    public static Task Of(ActorSystem system)
    {
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cluster = Cluster.Get(system);
        cluster.RegisterOnMemberUp(() => up.TrySetResult());
        cluster.RegisterOnMemberRemoved(() => up.TrySetCanceled());
        return up.Task;
    }
}
