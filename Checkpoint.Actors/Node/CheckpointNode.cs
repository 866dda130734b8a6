using System.Security.Cryptography;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Node;

/// <summary>The service on one ActorSystem that is, or becomes, a member of the cluster.</summary>
public sealed class CheckpointNode
{
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(30);

    /// <summary>What is at work in sessions is answered within about a second of the farewell.</summary>
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<NodeExit> _exit;
    private readonly TimeSpan _drainTimeout;

    private CheckpointNode(ActorSystem system, NodeServices services, TaskCompletionSource<NodeExit> exit, Task serving, Task filled, TimeSpan drainTimeout)
    {
        (System, Services, _exit, Serving, Filled, _drainTimeout) = (system, services, exit, serving, filled, drainTimeout);
    }

    public ActorSystem System { get; }

    public NodeServices Services { get; }

    /// <summary>Completes when a view first serves on this host: it can take requests.</summary>
    public Task Serving { get; }

    /// <summary>Completes when the host first holds every checkpoint of its view whole: another one may go then, and nothing is lost.</summary>
    public Task Filled { get; }

    /// <summary>Completes when the host cannot serve any more, with the reason. Never in a graceful leave.</summary>
    public Task<NodeExit> Exit => _exit.Task;

    /// <summary>
    /// Starts the service's actors. The system needs the configuration of <c>hocon/</c>; whether it has joined yet makes no difference.
    /// A coordinated shutdown drains the host first, except when it was left out or has failed.
    /// </summary>
    public static async Task<CheckpointNode> StartAsync(ActorSystem system, NodeOptions options, TimeProvider clock)
    {
        var exit = new TaskCompletionSource<NodeExit>(TaskCreationOptions.RunContinuationsAsynchronously);
        var serving = First<ReplicaAgentProtocol.ViewServing>(system);
        var filled = First<ReplicaAgentProtocol.HoldsAll>(system);
        var seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        var guardian = system.ActorOf(NodeGuardian.Props(options, NanosecondClock.Of(clock), seed, exit), NodeGuardian.Name);
        var services = await guardian.Ask<NodeServices>(NodeGuardian.GetServices.Instance, AnswerPatience);
        var node = new CheckpointNode(system, services, exit, serving, filled, options.DrainTimeout);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "drain-host", async () =>
        {
            await node.DrainAsync();
            return Akka.Done.Instance;
        });
        return node;
    }

    /// <summary>
    /// The first half of a graceful leave: hands every orderer over, then answers nothing any more. At the latest after the drain
    /// timeout; what was not handed over by then goes as after a crash.
    /// </summary>
    public async Task DrainAsync()
    {
        if (Exit.IsCompleted || Cluster.Get(System).IsTerminated)
            return;
        var clock = Services.Clock;
        var deadline = clock.GetTimestamp() + (_drainTimeout.Ticks * 100);
        var drained = await StepAsync("hand over", () => Services.Agent.Ask<ReplicaAgentProtocol.Done>(
            new ReplicaAgentProtocol.DrainHost(0, deadline), _drainTimeout + TimeSpan.FromSeconds(1)));
        if (drained is { Status: not AisStatus.Ok })
            System.Log.Warning("not everything was handed over within {0}: {1}", _drainTimeout, drained.Reason);
        await StepAsync("say farewell to its clients", () =>
            Services.Sessions.Ask<SessionRegistry.Left>(SessionRegistry.LeaveNow.Instance, FarewellPatience));
        // When it answers, "retired" is on its way to every host, on the connections that the rest of the leave uses as well, and the
        // agent goes on saying so: the others need not wait for this host's lease.
        await StepAsync("retire", () => Services.Agent.Ask<ReplicaAgent.RetireNow>(ReplicaAgent.RetireNow.Instance, TimeSpan.FromSeconds(1)));
    }

    /// <summary>One step that is not answered is no reason to leave out the next ones: clients and hosts have to hear of the leave.</summary>
    private async Task<T?> StepAsync<T>(string what, Func<Task<T>> step)
        where T : class
    {
        try
        {
            return await step();
        }
        catch (AskTimeoutException e)
        {
            System.Log.Warning("the leave did not {0}: {1}", what, e.Message);
            return null;
        }
    }

    private static Task First<TEvent>(ActorSystem system)
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Akka.Actor.Props.Create(() => new FirstOf<TEvent>(first)), $"checkpoint-first-{typeof(TEvent).Name}");
        return first.Task;
    }

    private sealed class FirstOf<TEvent> : ReceiveActor
    {
        public FirstOf(TaskCompletionSource first) =>
            Receive<TEvent>(_ =>
            {
                first.TrySetResult();
                Context.Stop(Self);
            });

        protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(TEvent));
    }
}
