using System.Reflection;
using Akka.Actor;
using Akka.Remote;
using Akka.Remote.Transport;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Node;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cluster;

/// <summary>One host of a <see cref="TestCluster"/>.</summary>
public sealed class TestHost(string name, CheckpointNode node, TestEvents events, FaultSwitch faults)
{
    private static long _lastNumber;

    public string Name => name;

    public CheckpointNode Node => node;

    public ActorSystem System => node.System;

    /// <summary>What the host published, in order.</summary>
    public TestEvents Events => events;

    /// <summary>Can be set in a cluster that <see cref="TestCluster.HasFaults"/>.</summary>
    public FaultSwitch Faults => faults;

    public HostId Id => node.Services.Self;

    public Address Address => Akka.Cluster.Cluster.Get(System).SelfAddress;

    public bool IsRunning => !System.WhenTerminated.IsCompleted;

    /// <summary>A deadline this far from now, in the host's clock.</summary>
    public long Deadline(double seconds = 20) => node.Services.Clock.GetTimestamp() + (long)(seconds * AisTime.NanosecondsPerSecond);

    /// <summary>A number that no other command of this process has.</summary>
    public static ulong NextNumber() => (ulong)Interlocked.Increment(ref _lastNumber);

    /// <summary>Asks the host's agent; the answer must be of this type.</summary>
    public async Task<T> AskAsync<T>(ReplicaAgentProtocol.ICommand command, double patienceSeconds = 60)
        where T : ReplicaAgentProtocol.IReply
    {
        var reply = await node.Services.Agent.Ask<ReplicaAgentProtocol.IReply>(command, TimeSpan.FromSeconds(patienceSeconds));
        Assert.Equal(command.Number, reply.Number);
        return Assert.IsType<T>(reply);
    }

    /// <summary>Ends as a crash: no goodbye, its port is closed.</summary>
    public async Task KillAsync()
    {
        ((ExtendedActorSystem)System).Abort();
        await System.WhenTerminated.WaitAsync(TestCluster.Patience);
    }

    /// <summary>Leaves gracefully.</summary>
    public async Task StopAsync()
    {
        await CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(TestCluster.Patience);
        await System.Terminate().WaitAsync(TestCluster.Patience);
    }

    /// <summary>Cuts, or heals, what this host sends to and takes from the other.</summary>
    internal async Task ThrottleAsync(TestHost other, bool cut)
    {
        // The remoting's transport is internal; its management command is the documented way to the failure injector.
        var provider = ((ExtendedActorSystem)System).Provider;
        var transport = (RemoteTransport)provider.GetType().GetProperty("Transport", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)!
            .GetValue(provider)!;
        ThrottleMode mode = cut ? Blackhole.Instance : Unthrottled.Instance;
        var done = await transport.ManagementCommand(new SetThrottle(other.Address, ThrottleTransportAdapter.Direction.Both, mode));
        Assert.True(done, $"the failure injector of {Name} did not take {mode}");
    }

    public override string ToString() => $"{Name} ({HostIds.Of(Address)})";
}
