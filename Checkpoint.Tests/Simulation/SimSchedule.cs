using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Simulation.SimProfile;

namespace Checkpoint.Tests.Simulation;

/// <summary>One schedule from its seed: clients at work while faults happen, then peace, in which everything has to come right again.</summary>
public sealed class SimSchedule
{
    private static readonly ContentStep[] ThrowingSteps =
    [
        ContentStep.Apply, ContentStep.Apply, ContentStep.TakeIn, ContentStep.Check, ContentStep.Read, ContentStep.Snapshot, ContentStep.Fill,
    ];

    private readonly List<SimClient> _clients = [];

    public SimSchedule(ulong seed, SimProfile? profile = null)
    {
        World = new SimWorld(seed, profile ?? SimProfile.Draw(new SimRandom(seed ^ 0xC0FFEE)))
        {
            Told = (host, output) => _clients.Find(client => client.Host == host)?.OnOutput(output),
        };
        World.Started = host =>
        {
            World.Checker.OnStarted(host);
            var client = new SimClient(World, host) { IsActive = World.IsFaulty };
            _clients.Add(client);
            World.At(World.Random.Between(50, 400) * Millisecond, client.Run);
        };
    }

    public SimWorld World { get; }

    public void Run()
    {
        World.RunUntil(600 * Millisecond);
        NextFault();
        World.RunUntil(World.Time + World.Profile.FaultTime);
        World.Heal();
        foreach (var client in _clients)
            client.IsActive = false;

        Settle("after the last fault");
        World.RunUntil(World.Time + (3 * Second)); // Every deadline has passed.
        foreach (var client in _clients)
            if (client.Open is { Count: > 0 } open)
                World.Checker.Fail("reply", $"{client.Host.Id} never answered {string.Join(", ", open)}");
        Work();
        Settle("after the last work");
        World.Checker.CheckAtRest(Serving());
    }

    private void NextFault() => World.At(World.Random.Between(World.Profile.FaultInterval / 4, World.Profile.FaultInterval * 2), () =>
    {
        if (!World.IsFaulty)
            return;
        Fault();
        NextFault();
    });

    private void Fault()
    {
        var (random, profile) = (World.Random, World.Profile);
        double[] weights = [profile.Crashes, profile.Cuts, profile.OneWayCuts, profile.Pauses, profile.JournalOutages, profile.Drains, profile.Throws];
        var (at, choice) = (random.Below(1000) / 1000.0 * weights.Sum(), 0);
        while (choice < weights.Length - 1 && at >= weights[choice])
            at -= weights[choice++];
        if (weights.Sum() == 0)
            return;
        var alive = World.Alive.ToArray();
        if (alive.Length == 0)
            return;
        var host = random.Pick(alive);
        var duration = random.Between(30, 1500) * Millisecond;
        switch (choice)
        {
            case 0:
                World.Crash(host);
                break;
            case 1:
                foreach (var other in Enumerable.Range(0, profile.Hosts).Where(slot => slot != host.Slot))
                {
                    World.Cut(host.Slot, other, duration);
                    World.Cut(other, host.Slot, duration);
                }

                break;
            case 2:
                World.Cut(host.Slot, random.Below(profile.Hosts), duration);
                break;
            case 3:
                World.Pause(host, duration);
                break;
            case 4:
                World.Journal.IsAway = true;
                World.At(duration, () => World.Journal.IsAway = false);
                break;
            case 5:
                Drain(host);
                break;
            default:
                host.Throws = random.Pick(ThrowingSteps);
                World.At(duration, () => host.Throws = null);
                break;
        }
    }

    private void Drain(SimHost host)
    {
        World.Step(host, new MachineInput.Local(new ReplicaAgentProtocol.DrainHost(ulong.MaxValue, host.ClockAt(World.Time) + Second), new object()));
        World.At(World.Random.Between(100, 1200) * Millisecond, () =>
        {
            if (!host.Runs || !World.IsFaulty)
                return;
            World.Step(host, MachineInput.Retire.Instance);
            host.IsRetired = true;
            World.At(300 * Millisecond, () => World.Crash(host));
        });
    }

    /// <summary>L1: with everybody up and connected one view has all, serves, and everything is full everywhere, within a bounded time.</summary>
    private void Settle(string when)
    {
        if (!World.RunUntil(() => IsSettled(out _), 25 * Second))
        {
            IsSettled(out var why);
            World.Checker.Fail("L1", $"{when}: {why}");
        }
    }

    private SimHost[] Serving() => [.. World.Alive.OrderBy(host => host.Slot)];

    private bool IsSettled(out string why)
    {
        var hosts = Serving();
        why = $"{hosts.Length} of {World.Profile.Hosts} hosts run";
        if (hosts.Length != World.Profile.Hosts)
            return false;
        foreach (var host in hosts)
        {
            var status = host.Machine.Status();
            why = $"{host.Id} is in view {status.ViewNumber} of {status.ViewHosts.Count}, newest {World.Journal.Newest?.Number}, serving {status.Serving}";
            if (!status.Serving || status.ViewHosts.Count != hosts.Length || status.ViewNumber != World.Journal.Newest!.Number)
                return false;
            foreach (var replica in host.Machine.Replicas.All)
            {
                why = $"{host.Id}: {replica.State.Name} is {replica.Stage}, mark {replica.Mark} of {replica.Log.End}, ordered by {replica.OrdererHost}";
                if (!replica.IsFull || replica.Mark != replica.Log.End)
                    return false;
            }
        }

        return true;
    }

    /// <summary>L1: after the last fault, every host can write and read everything that is there.</summary>
    private void Work()
    {
        List<SimOperation> work = [];
        foreach (var client in _clients.Where(client => client.Host.IsAlive))
        {
            foreach (var checkpoint in World.Checker.Checkpoints)
            {
                var replica = client.Host.Machine.Replicas.Find(checkpoint.Incarnation);
                if (replica is null || replica.LacksActive || checkpoint.States[^1].Contains(null))
                    continue;
                work.Add(client.Write(checkpoint, isVector: true));
                work.Add(client.Read(checkpoint));
            }
        }

        World.RunUntil(() => work.TrueForAll(operation => operation.Status is not null), 3 * Second);
        foreach (var operation in work)
            if (operation.Status != (World.Checker.IsHeld(operation.Checkpoint) ? AisStatus.Ok : AisStatus.Library))
                World.Checker.Fail("L1", $"{operation} after the last fault: {operation.Reason}");
    }
}
